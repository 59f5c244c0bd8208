"""What somebody wants different from the start: the file `config.toml`, its theme and its keys.

    theme = "route-console-light"
    [keys]
    "traffic.filter" = "ctrl+f"
    "list.down" = ["down", "n"]

A mistake is told and the rest of the file counts: nobody should lose the console at night over a
line of settings.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from textual.keys import Keys, _character_to_key, key_to_character

from console.ui.theme import THEME_CYCLE

MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "meta", "hyper"})
_NAMED = frozenset(key.value for key in Keys)
_ENTRIES = ("theme", "keys")


@dataclass(frozen=True)
class SettingsProblem:
    """One mistake in the file, in a sentence that names its place, and what would help."""

    sentence: str
    hint: str = ""


@dataclass(frozen=True)
class Settings:
    """What the file says, as far as it can be understood. Keys by the id of what they do."""

    theme: str | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[SettingsProblem, ...] = ()

    @property
    def keymap(self) -> dict[str, str]:
        """The keys as Textual takes them."""
        return {name: ",".join(keys) for name, keys in self.keys.items()}


def read_settings(path: Path) -> Settings:
    """Return what the file at `path` says; nothing where there is none. Raises nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return Settings(problems=(SettingsProblem(f"{path}: {error.strerror or error}."),))
    except UnicodeDecodeError:
        return Settings(problems=(SettingsProblem(f"{path} is no UTF-8 text."),))
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Settings(
            problems=(SettingsProblem(f"{path}: {error}.", "It counts for nothing till then."),)
        )
    return _settings_in(found, path)


def _settings_in(found: Mapping[str, object], path: Path) -> Settings:
    problems: list[SettingsProblem] = []
    for name in found.keys() - set(_ENTRIES):
        problems.append(
            SettingsProblem(
                f"{path}: there is no setting `{name}`.",
                did_you_mean(name, _ENTRIES) or "theme, keys",
            )
        )
    theme = found.get("theme")
    if theme is not None and theme not in THEME_CYCLE:
        words = f"{path}: there is no theme `{theme}`."
        problems.append(SettingsProblem(words, f"There are {', '.join(THEME_CYCLE)}."))
        theme = None
    wanted = found.get("keys", {})
    keys: dict[str, tuple[str, ...]] = {}
    if isinstance(wanted, Mapping):
        for name, value in wanted.items():
            understood = _keys_of(value)
            if isinstance(understood, str):
                problems.append(SettingsProblem(f"{path}: keys.`{name}`: {understood}"))
            else:
                keys[name] = understood
    else:
        problems.append(SettingsProblem(f"{path}: `keys` is no table.", "Write [keys] above them."))
    return Settings(str(theme) if theme is not None else None, keys, tuple(problems))


def _keys_of(value: object) -> tuple[str, ...] | str:
    """Return the keys by their names, or what is wrong with them."""
    given: list[object] = value if isinstance(value, list) else [value]
    spelled = [one for one in given if isinstance(one, str) and one]
    if not spelled or len(spelled) < len(given):
        return 'a key is a text such as "ctrl+f", or a list of them.'
    names = [_name_of(one) for one in spelled]
    for one, name in zip(spelled, names, strict=True):
        if name is None:
            return f"there is no key `{one}`; write it as f, F, ctrl+f, f5, slash or space."
    return tuple(name for name in names if name is not None)


def _name_of(spelled: str) -> str | None:
    if len(spelled) == 1:
        return str(_character_to_key(spelled))
    *modifiers, base = spelled.split("+")
    if not set(modifiers) <= MODIFIERS:
        return None
    is_known = base in _NAMED or (len(base) == 1 and base.isalnum())
    return spelled if is_known or key_to_character(base) is not None else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return a question that names the nearest known word; empty where none is near."""
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else ""
