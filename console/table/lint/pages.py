"""What every finding of lint means, why it matters and what to do: a page section a code."""

import msgspec

from console.table.problems import Severity


class Page(msgspec.Struct, frozen=True):
    """The section of one code: how severe it is, what it is called, and all there is to say."""

    severity: Severity
    title: str
    text: str


PAGES: dict[str, Page] = {
    "unreachable-rule": Page(
        "warning",
        "A rule that no request reaches",
        """\
Every request that meets this rule's condition meets one of the rules named with it, which
stand before it. Where several are named they cover it together, and all of them are needed
for that.

It is proven, not guessed: names with `*`, ranges, flags, absence and nesting are worked out
exactly. Of texts it is known that a phrase is found where a longer one that holds it is
found, that what is in the prompt is in the conversation, and that equal patterns match alike.
The request shown meets this rule and is taken by the rule said; the router itself confirms
it.

Move the rule up, narrow what covers it, or delete it. Where the covering rules lead to the
same route the rule is clutter; where they lead elsewhere somebody expects something that
never happens.""",
    ),
    "contradictory-rule": Page(
        "warning",
        "A rule whose condition no request can meet",
        """\
The parts of the condition exclude each other, so the rule never holds whatever stands before
it: a name that `none_of` takes out again, ranges without a number in common, a share of 0
percent. There is no request to show. Mend the condition, or delete the rule.""",
    ),
    "same-as-default": Page(
        "note",
        "A rule without which every request would go the same way",
        """\
Requests reach this rule, but each would have the same route and the same task without it: by
a rule further down, by its task's own route, or by the table's default. The request shown is
one of them.

The rule can go, unless it is there to be counted or to keep a later edit from catching its
requests. If so, say that: # lint: ignore[same-as-default] because …""",
    ),
    "partly-shadowed": Page(
        "note",
        "A rule that loses some of its requests to one before it",
        """\
An earlier rule that leads elsewhere takes a part of what this rule asks for, in this rule's
own terms: it looks at no fact, phrase or pattern that this rule does not look at. Two
requests are shown, one that this rule takes and one that it loses.

Often that is meant (the narrow case first, the wide one after). It is told because it is also
what a bound typed wrongly looks like. Rules on different facts or words always share some
requests; that is not told.""",
    ),
    "fallback-same-provider": Page(
        "warning",
        "Fallbacks that fail when their provider fails",
        """\
All targets of the route belong to one provider. An outage, a rate limit or an expired key
there takes all of them out at once. Add a fallback at another provider.""",
    ),
    "fallback-less-context": Page(
        "note",
        "A fallback that takes much shorter requests than the first target",
        """\
It has less than half of the first target's context. Requests too long for it skip it
(context_too_small), so exactly the long ones have no fallback. Choose a model with more context,
or let a rule send long requests to a route whose targets all take them. With --log it is told
how many logged requests a target could not have taken, by however little (target-too-small).""",
    ),
    "target-lacks": Page(
        "warning",
        "A target that cannot do what the route's requests need",
        """\
The model does not say that it supports what a rule leading to the route asks for (tools,
images), or what the route's first target supports. Such requests skip it (lacks_tools,
lacks_images, lacks_json_schema): for them the fallback is not there. Add what is missing to
`supports` if the model has it; otherwise choose another one.""",
    ),
    "no-price": Page(
        "note",
        "A model in use whose cost is not known",
        """\
Without `usd_per_million` the cost of every request it answers is unknown: it is missing from
sums, from what-if and from assumptions on cost. A model of your own that costs nothing has a
price of 0.""",
    ),
    "escalation-no-stronger": Page(
        "warning",
        "An escalation that goes to nothing stronger",
        """\
A request is sent again because an answer was not good enough, and the route it goes to begins
with the same model, or with one that costs less and takes no more context. The same answer,
again, is the likely outcome.

An escalation on `failed` alone is about being there, not about being better. It is told where
the route it goes to has no target that this route does not have: all of them have failed then.""",
    ),
    "unused-route": Page(
        "warning",
        "A route that no request takes",
        """\
It is not the default, no task, enabled rule or escalation leads to it. Only a pin could.
Delete it, or finish the rule that was to use it.""",
    ),
    "unused-model": Page(
        "note",
        "A model that no route uses",
        "No route names it, first or as a fallback. Delete it, or put it where it was meant.",
    ),
    "unused-provider": Page(
        "note",
        "A provider that no model uses",
        "No model names it, so nothing is ever sent there. Delete it, or give it its models.",
    ),
    "one-model": Page(
        "warning",
        "A table that sends everything to one model",
        """\
Every route in use begins with the same model: all its rules and tasks make no difference to
who answers. That can be a table in the making, or an emergency edit that was never undone.""",
    ),
    "expired-override": Page(
        "note",
        "An override whose time is over",
        """\
It has no effect any more and is swept when the overrides are next written (drain, pin or
lift). It is told so that nobody reads it as still in force.""",
    ),
    "untested-rule": Page(
        "note",
        "A rule in which no test of the table ends",
        """\
No test's decision is made by this rule, so an edit that breaks it fails no test. Write one
from a request it is there for. `route-console test` tells the coverage as a whole.""",
    ),
    "no-tests": Page(
        "note",
        "A table without tests",
        """\
There is no <name>.tests.yaml beside the table, so nothing notices when an edit moves a
request that should have stayed.""",
    ),
    "unmeasured-assumption": Page(
        "warning",
        "An assumption on a metric that nothing measures",
        """\
It will stay unproven for ever. Measured are error_rate, degraded_rate, fallback_rate,
escalation_rate (shares from 0 to 1), cost_per_request_usd, latency_pNN_ms and
first_chunk_pNN_ms (NN from 01 to 99).""",
    ),
    "odd-phrase": Page(
        "warning",
        "A phrase with white space or hidden characters that hardly any text has",
        """\
A phrase is looked for as it is written, white space and invisible characters included. One
that begins or ends with a blank, has two blanks in a row, or holds a zero-width or control
character matches inside next to nothing. Write it plainly.""",
    ),
    "redundant-phrase": Page(
        "note",
        "A phrase that another one of its list finds already",
        """\
Wherever this phrase occurs the other one occurs, so it never makes a difference. Take it out,
or if the shorter one is too wide, take that out.""",
    ),
    "rule-not-hit": Page(
        "note",
        "A rule that took no request lately",
        """\
The log has requests from all of the time looked at, and none was decided by this rule. It may
guard against something rare; then say so: # lint: ignore[rule-not-hit] because …""",
    ),
    "task-not-seen": Page(
        "note",
        "A task that no request had lately",
        """\
No logged request of the time looked at had this task, neither declared nor set by a rule. Its
callers may be gone, or spell it otherwise (see unknown-task).""",
    ),
    "unknown-task": Page(
        "warning",
        "A task that callers declare and the table does not have",
        """\
Requests that declare it are decided as if they had declared none: by rules, else by the
default. Add the task, or tell the callers how it is spelt.""",
    ),
    "falls-to-default": Page(
        "note",
        "What falls to the default, and what nearly caught it",
        """\
These logged requests met no rule and no task. The near miss is the rule that one condition
alone kept from taking most of them, and what that condition wanted.""",
    ),
    "target-too-small": Page(
        "warning",
        "Logged requests that a target of their route could not have taken",
        """\
The route's requests of the time looked at were too long for this target, or needed tools,
images or a JSON schema that it does not support. For these the target is not there.""",
    ),
    "phrase-not-found": Page(
        "note",
        "A phrase that no logged text holds, beside one that is found",
        """\
Others of its list occur in the captured texts, this one in none, and a word of it is nearly a
word that does occur. A typing mistake looks like that.""",
    ),
    "ignore-without-reason": Page(
        "warning",
        "An ignore comment that is not heeded",
        """\
A finding is silenced on its line, or on a line of its own just above, with the code and a
reason:

    - id: vip      # lint: ignore[same-as-default] because it is counted by itself

Without `because` and a reason, or with a code that lint does not have, it has no effect.""",
    ),
    "ignore-unused": Page(
        "note",
        "An ignore comment with nothing to ignore",
        """\
What it silenced is not found any more. Delete the comment, so that it does not hide what
comes later. A comment about what traffic shows is never told so: traffic changes by the day.""",
    ),
}
"""By code. `route-console check --explain CODE` prints a section."""
