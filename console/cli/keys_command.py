"""`route-console keys`: every key of the console, and what is wrong with those that were set."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.exit_codes import FELL_SHORT, FINE
from console.cli.output import print_json, say, tell

if TYPE_CHECKING:
    from console.ui.known_keys import KnownKey


def run(options: Namespace) -> int:
    """List the keys as the settings leave them; mistakes in the settings make the code 1."""
    from console.ui import default_config_file
    from console.ui.known_keys import key_problems, known_keys
    from console.ui.settings import read_settings

    path = Path(options.config) if options.config else default_config_file()
    settings = read_settings(path)
    problems = [*settings.problems, *key_problems(settings)]
    keys = known_keys()
    in_force = {key.id: settings.keys.get(key.id, key.keys) for key in keys}
    if options.json:
        print_json(
            {
                "config": str(path),
                "keys": [
                    {
                        "id": key.id,
                        "keys": in_force[key.id],
                        "default": key.keys,
                        "place": key.place,
                        "does": key.words,
                        "told": key.told,
                    }
                    for key in keys
                ],
                "problems": [{"sentence": one.sentence, "hint": one.hint} for one in problems],
            }
        )
    else:
        _list(keys, in_force)
    for problem in problems:
        tell(problem.sentence, problem.hint)
    return FELL_SHORT if problems else FINE


def _list(keys: "list[KnownKey]", in_force: dict[str, tuple[str, ...]]) -> None:
    from console.ui.known_keys import PLACES

    for place in PLACES.values():
        say(place)
        for key in keys:
            if key.place == place:
                shown = " ".join(in_force[key.id])
                told = f": {key.told}" if key.told else ""
                say(f"  {shown:<28} {key.id:<24} {key.words}{told}")
        say()
