"""The routing table as data: what a file that has been checked says, and nothing it does not say.

Every struct is frozen: a table in service is never changed, only replaced. Names and meaning follow
the table format, version 1.
"""

from typing import Any

import msgspec

TEXT_FACTS = ("prompt", "system", "conversation")
"""Facts matched by phrase or pattern."""

NAME_FACTS = ("task", "model", "client", "response_format")
"""Facts matched by equality with `*`; so is every `tags.<key>`."""

NUMBER_FACTS = ("input_tokens", "max_output_tokens", "turns", "hidden_chars")
"""Facts matched by `{min, max}`."""

FLAG_FACTS = ("tools", "images", "audio", "stream")
"""Facts matched by true or false."""

RESPONSE_FORMATS = ("text", "json_object", "json_schema")
"""What the fact `response_format` can be."""

TRIGGERS = ("invalid_json", "schema_mismatch", "truncated", "empty", "refusal", "failed")
"""What may escalate an answer, in the words of the table."""

CAPABILITIES = ("tools", "images", "json_schema")
"""What a model may say it supports."""


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars per million tokens. A model without one has an unknown cost, never 0."""

    input: float
    output: float
    cached_input: float | None = None


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where requests are sent, and the name of the environment variable that holds the key."""

    base_url: str
    api_key_env: str | None = None


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model of one provider: what it is called upstream, costs, and can take."""

    provider: str
    upstream_model: str | None = None
    usd_per_million: Price | None = None
    context_tokens: int | None = None
    supports: tuple[str, ...] = ()


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stable product job and the route its requests take by default."""

    route: str
    description: str = ""
    owner: str | None = None


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer that fails a check is tried again, on which checks, and why."""

    to: str
    on: tuple[str, ...]
    because: str = ""


class Assumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the owner believes of a route, in words and as a bound on a metric."""

    says: str
    metric: str
    min: float | None = None
    max: float | None = None
    window: str = "1h"
    min_requests: int = 50


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A default model, what is tried when it fails, and the time it is given."""

    model: str
    description: str = ""
    fallbacks: tuple[str, ...] = ()
    timeout_s: float = 60.0
    first_chunk_timeout_s: float | None = None
    retries: int = 1
    escalate: Escalation | None = None
    assumptions: tuple[Assumption, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The models of this route in the order they are tried."""
        return (self.model, *self.fallbacks)


class NumberRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range with its ends included; an absent end is open."""

    min: int | None = None
    max: int | None = None


class TextMatcher(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a text must hold: any of some phrases, all of some phrases, and patterns."""

    contains: tuple[str, ...] = ()
    contains_all: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


class Rollout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share of the values of one fact, chosen by hash. `salt` defaults to the rule's id."""

    percent: float
    by: str
    salt: str | None = None


class When(msgspec.Struct, frozen=True):
    """A conjunction: matchers by fact, nested groups, and a rollout.

    The dictionaries keep the order of the file and hold only the facts that are constrained;
    `names` has `tags.<key>` beside the plain name facts.
    """

    names: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, NumberRange] = {}
    flags: dict[str, bool] = {}
    texts: dict[str, TextMatcher] = {}
    any_of: tuple["When", ...] = ()
    all_of: tuple["When", ...] = ()
    none_of: tuple["When", ...] = ()
    rollout: Rollout | None = None


class Rule(msgspec.Struct, frozen=True):
    """One line of the table: a condition, where it leads, and the reason it is there."""

    id: str
    because: str
    when: When
    task: str | None = None
    route: str | None = None
    enabled: bool = True


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a request's text the log keeps: `full`, `prompt` or `none`."""

    text: str = "prompt"
    max_bytes: int = 32_768


class Table(msgspec.Struct, frozen=True):
    """A whole routing table, checked. `version` is the hash of its text (see `table.version`)."""

    name: str
    default: str
    version: str
    description: str = ""
    providers: dict[str, Provider] = {}
    models: dict[str, Model] = {}
    tasks: dict[str, Task] = {}
    routes: dict[str, Route] = {}
    rules: tuple[Rule, ...] = ()
    capture: Capture = Capture()

    def model_sent_upstream(self, model: str) -> str:
        """Return the name the provider knows `model` by. Raises KeyError for an unknown model."""
        return self.models[model].upstream_model or model


Plain = Any
"""A YAML document as plain data: dict, list, str, int, float, bool or None."""
