"""Reads a table section by section: header, providers, models, tasks, routes, rules, capture."""

import math
import re
from typing import Any, TypeVar

import msgspec

from console.table.checked import checked
from console.table.conditions import read_when
from console.table.findings import Findings, did_you_mean
from console.table.model import (
    CAPABILITIES,
    TRIGGERS,
    Assumption,
    Capture,
    Model,
    Provider,
    Route,
    Rule,
    Table,
    Task,
    When,
)
from console.table.secrets import check_key_variable
from console.table.yaml_source import join

S = TypeVar("S", bound=msgspec.Struct)

NAME = re.compile(r"[a-z0-9-]{1,64}")
"""How tables, rules and overrides are named."""

_WINDOW = re.compile(r"[1-9][0-9]{0,5}[smhd]")
_METRIC = re.compile(r"[a-z][a-z0-9_]{0,63}")
_BASE_URL = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_MAX_RETRIES = 5
_CAPTURES = ("full", "prompt", "none")


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    name: str
    default: str
    description: str = ""
    providers: Any = None
    models: Any = None
    tasks: Any = None
    routes: Any = None
    rules: Any = None
    capture: Any = None


class _RuleDocument(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    because: str
    when: Any
    task: str | None = None
    route: str | None = None
    enabled: bool = True


class Sections(msgspec.Struct):
    """The parts of a table as far as they could be read.

    `declared` holds every name a section gives, those of broken entries too, so that a reference
    to a broken entry is not told as missing.
    """

    name: str
    default: str
    description: str
    providers: dict[str, Provider]
    models: dict[str, Model]
    tasks: dict[str, Task]
    routes: dict[str, Route]
    rules: dict[int, Rule]
    capture: Capture
    declared: dict[str, set[str]]

    def table(self, version: str) -> Table:
        """Return the whole as a table. Only for sections in which no error was found."""
        return Table(
            name=self.name,
            default=self.default,
            version=version,
            description=self.description,
            providers=self.providers,
            models=self.models,
            tasks=self.tasks,
            routes=self.routes,
            rules=tuple(self.rules.values()),
            capture=self.capture,
        )


def read_sections(data: dict[str, Any], findings: Findings) -> Sections | None:
    """Read every section of a table, telling every problem within it.

    A rule that was read before, without a problem, may stand as a `Rule` in the place of its data.
    """
    header = checked(data, _Header, "", findings)
    if header is None:
        return None
    _check_header(header, findings)
    declared: dict[str, set[str]] = {}

    def section(name: str, kind: type[S]) -> dict[str, S]:
        raw = data.get(name)
        if name in data and not isinstance(raw, dict):
            findings.error("wrong-type", name, f"`{name}` is a mapping of names to entries.")
        entries = raw if isinstance(raw, dict) else {}
        declared[name] = set(entries)
        read = {
            key: checked(entry, kind, join(name, key), findings) for key, entry in entries.items()
        }
        return {key: entry for key, entry in read.items() if entry is not None}

    sections = Sections(
        name=header.name,
        default=header.default,
        description=header.description,
        providers=section("providers", Provider),
        models=section("models", Model),
        tasks=section("tasks", Task),
        routes=section("routes", Route),
        rules=_read_rules(data, findings),
        capture=_read_capture(data, findings),
        declared=declared,
    )
    _check_providers(sections, findings)
    _check_models(sections, findings)
    _check_routes(sections, findings)
    return sections


def _check_header(header: _Header, findings: Findings) -> None:
    if header.version != 1:
        hint = "This program reads `version: 1`."
        findings.error(
            "unknown-version", "version", f"Version {header.version} is not known.", hint
        )
    if not NAME.fullmatch(header.name):
        _tell_bad_name("name", "table", findings)


def _tell_bad_name(path: str, what: str, findings: Findings) -> None:
    message = f"The name of a {what} has 1 to 64 characters of a–z, 0–9 and `-`."
    findings.error("bad-name", path, message)


def _read_rules(data: dict[str, Any], findings: Findings) -> dict[int, Rule]:
    raw = data.get("rules", [])
    if not isinstance(raw, list):
        findings.error("wrong-type", "rules", "`rules` is a list; the first that holds wins.")
        return {}
    rules: dict[int, Rule] = {}
    for i, entry in enumerate(raw):
        rule = entry if isinstance(entry, Rule) else read_rule(entry, join("rules", i), findings)
        if rule is not None:
            rules[i] = rule
        if findings.full:
            break
    return rules


def read_rule(data: Any, path: str, findings: Findings) -> Rule | None:
    """Read one rule, telling every problem within it; None where it is not even a mapping."""
    document = checked(data, _RuleDocument, path, findings)
    if document is None:
        return None
    when_path = join(path, "when")
    given = isinstance(data, dict) and "when" in data
    when = read_when(document.when, when_path, findings) if given else None
    if not NAME.fullmatch(document.id):
        _tell_bad_name(join(path, "id"), "rule", findings)
    if not document.because.strip():
        findings.error("no-reason", join(path, "because"), "A rule says why it is there.")
    if document.task is None and document.route is None:
        findings.error("no-effect", path, "A rule sets a `task`, a `route` or both.")
    return Rule(
        id=document.id,
        because=document.because,
        when=when or When(),
        task=document.task,
        route=document.route,
        enabled=document.enabled,
    )


def _read_capture(data: dict[str, Any], findings: Findings) -> Capture:
    if "capture" not in data:
        return Capture()
    capture = checked(data["capture"], Capture, "capture", findings)
    if capture is None:
        return Capture()
    if capture.text not in _CAPTURES:
        hint = did_you_mean(capture.text, _CAPTURES)
        message = "`text` is full, prompt or none."
        findings.error("bad-value", "capture.text", message, hint)
    if capture.max_bytes < 0:
        findings.error("out-of-range", "capture.max_bytes", "`max_bytes` is not negative.")
    return capture


def _check_providers(sections: Sections, findings: Findings) -> None:
    for key, provider in sections.providers.items():
        path = join("providers", key)
        if provider.api_key_env is not None:
            check_key_variable(provider.api_key_env, join(path, "api_key_env"), findings)
        url = join(path, "base_url")
        if not _BASE_URL.fullmatch(provider.base_url):
            message = "`base_url` begins with http:// or https:// and has no query."
            findings.error("bad-value", url, message)
        elif "@" in provider.base_url.split("//", 1)[1].split("/", 1)[0]:
            message = "`base_url` holds a user or a key; a table never holds one."
            hint = "Keep the key in the environment and name its variable with `api_key_env`."
            findings.error("literal-secret", url, message, hint)


def _check_models(sections: Sections, findings: Findings) -> None:
    for key, model in sections.models.items():
        path = join("models", key)
        if model.context_tokens is not None and model.context_tokens < 1:
            message = "`context_tokens` is at least 1."
            findings.error("out-of-range", join(path, "context_tokens"), message)
        if model.usd_per_million is not None:
            for name, price in msgspec.structs.asdict(model.usd_per_million).items():
                if price is not None and not (math.isfinite(price) and price >= 0):
                    place = join(join(path, "usd_per_million"), name)
                    findings.error("out-of-range", place, "A price is not negative.")
        _check_words(model.supports, CAPABILITIES, join(path, "supports"), findings)


def _check_words(
    words: tuple[str, ...], known: tuple[str, ...], path: str, findings: Findings
) -> None:
    for index, word in enumerate(words):
        if word not in known:
            hint = did_you_mean(word, known) or "Known here: " + ", ".join(known) + "."
            findings.error("bad-value", join(path, index), f"`{word}` is not known here.", hint)


def _check_routes(sections: Sections, findings: Findings) -> None:
    for key, route in sections.routes.items():
        path = join("routes", key)
        _check_seconds(route.timeout_s, join(path, "timeout_s"), findings)
        _check_seconds(route.first_chunk_timeout_s, join(path, "first_chunk_timeout_s"), findings)
        if not 0 <= route.retries <= _MAX_RETRIES:
            message = f"`retries` is from 0 to {_MAX_RETRIES}."
            findings.error("out-of-range", join(path, "retries"), message)
        if route.escalate is not None:
            on = join(join(path, "escalate"), "on")
            if not route.escalate.on and not findings.has_error(on):
                findings.error("empty-list", on, "An escalation needs at least one trigger.")
            _check_words(route.escalate.on, TRIGGERS, on, findings)
            if not route.escalate.because.strip():
                message = "This escalation does not say why it is there."
                findings.warning("no-reason", join(path, "escalate"), message, "Add `because`.")
        for index, assumption in enumerate(route.assumptions):
            _check_assumption(assumption, join(join(path, "assumptions"), index), findings)


def _check_seconds(seconds: float | None, path: str, findings: Findings) -> None:
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        findings.error("out-of-range", path, "A time is over 0 seconds.")


def _over(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


def _check_assumption(assumption: Assumption, path: str, findings: Findings) -> None:
    if assumption.min is None and assumption.max is None:
        findings.error("empty-condition", path, "An assumption needs `min`, `max` or both.")
    elif _over(assumption.min, assumption.max):
        findings.error("min-over-max", path, "`min` is over `max`; nothing is within.")
    if not _METRIC.fullmatch(assumption.metric):
        message = "A metric is named in a–z, 0–9 and `_`, such as latency_p90_ms."
        findings.error("bad-value", join(path, "metric"), message)
    if not _WINDOW.fullmatch(assumption.window):
        message = "A window is a number with s, m, h or d, such as 1h."
        findings.error("bad-value", join(path, "window"), message)
    if assumption.min_requests < 1:
        findings.error("out-of-range", join(path, "min_requests"), "`min_requests` is at least 1.")
