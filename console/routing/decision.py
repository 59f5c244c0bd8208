"""What was decided for one request: the route, why, and which models may serve it."""

from typing import Literal

import msgspec

Reason = Literal["rule_match", "task_default", "table_default", "undecidable"]
TaskSource = Literal["declared", "rule", "none"]

SkipReason = Literal[
    "drained",
    "context_too_small",
    "lacks_tools",
    "lacks_images",
    "lacks_json_schema",
    "cooling_down",
    "missing_key",
]


class Target(msgspec.Struct, frozen=True, gc=False):
    """One model of the chosen route, and whether this request may be sent to it."""

    model: str
    provider: str
    eligible: bool
    skipped: SkipReason | None = None


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The outcome of routing one request. Its fields are those of the decision object in JSON.

    `undecidable` is the reason when a fact that was not captured could have changed the outcome;
    then `route` and `model` are None, `rule` names the rule nobody can judge, and there are no
    targets.
    """

    route: str | None
    task: str | None
    task_source: TaskSource
    rule: str | None
    reason: Reason
    override_id: str | None
    unknown_task: bool
    targets: tuple[Target, ...]
    model: str | None
    error: Literal["no_eligible_target"] | None
    table_version: str
