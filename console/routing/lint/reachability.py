"""Which rules of a table can be reached, which are cut short, and which change nothing: proofs.

A verdict is told only where it is proven over the whole space of requests, and where the router
itself confirms a request that shows it. What cannot be decided is not told.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import msgspec

from console.routing.facts import Facts
from console.routing.lint.boxes import boxes_of, overlap
from console.routing.lint.example import examples
from console.routing.lint.search import Search, bits_of
from console.routing.lint.space import Box, Space, UndecidableError
from console.routing.router import Router
from console.routing.text_scan import TextScan
from console.table.model import Rule, Table

MOST_HEIRS = 3
"""Later rules named that do the same as one without which nothing would change."""

StandingKind = Literal["contradictory", "unreachable", "no-difference", "partly-shadowed"]


class Landing(NamedTuple):
    """Where a request ends up: its route and its task."""

    route: str | None
    task: str | None


class Shown(msgspec.Struct, frozen=True):
    """A request that shows a verdict, and the rule the router takes it by; None for no rule."""

    facts: Facts
    rule: str | None


class Standing(msgspec.Struct, frozen=True):
    """What is proven of one rule; `index` is its place in the table, from 0.

    `blocking` names the rules that together cover an unreachable one (all of them are needed), the
    one that takes part of a partly shadowed one, or the later ones that do the same as one without
    which nothing would change. `differs` tells whether any of them leads elsewhere than the rule.
    `wins` is a request the rule takes, `loses` one that meets its condition and is taken before.
    """

    index: int
    rule: str
    kind: StandingKind
    blocking: tuple[str, ...] = ()
    differs: bool = False
    wins: Shown | None = None
    loses: Shown | None = None


class Reachability:
    """The rules of a table in the space of all requests."""

    def __init__(self, table: Table, router: Router | None = None) -> None:
        """Compile what is needed; `router` is one for the table without overrides, if there is."""
        self.table = table
        self._router = router or Router(table)
        self.enabled = [(i, rule) for i, rule in enumerate(table.rules) if rule.enabled]
        self._space = Space((rule for _, rule in self.enabled), table.tasks)
        self._task = self._space.dimension("task")
        self._boxes: list[list[Box] | None] = [self._boxes_of(rule) for _, rule in self.enabled]
        known = [boxes or [] for boxes in self._boxes]
        self._search = Search(self._space, [box for boxes in known for box in boxes])
        self._first = [self._search.offset]
        for boxes in known:
            self._first.append(self._first[-1] + len(boxes))
        self._owner = [number for number, boxes in enumerate(known) for _ in boxes]
        self._effects = [self._leads_to(rule) for _, rule in self.enabled]
        self._undecided = [n for n, boxes in enumerate(self._boxes) if boxes is None]
        self._differing: dict[Landing, int] = {}
        self._by_id = {rule.id: number for number, (_, rule) in enumerate(self.enabled)}

    def standings(
        self, is_cancelled: Callable[[], bool] = lambda: False, first: str | None = None
    ) -> Iterator[Standing | None]:
        """Yield what is proven of each enabled rule in turn, None where there is nothing to tell.

        Begins with the rule called `first` and those after it, which an edit of it may concern, and
        goes on with those before. Ends early once `is_cancelled` says so.
        """
        self._search.is_cancelled = is_cancelled
        start = self._by_id.get(first or "", 0)
        for number in (*range(start, len(self.enabled)), *range(start)):
            if is_cancelled():
                return
            yield self.standing(number)

    def standing(self, number: int) -> Standing | None:
        """Return what is proven of the enabled rule `number`, counted from 0."""
        boxes = self._boxes[number]
        if boxes is None:
            return None
        if not boxes:
            return self._told(number, "contradictory")
        before = self._bits(0, number)
        try:
            rooms = [self._search.outside(box, before) for box in boxes]
            if all(room is None for room, _ in rooms):
                return self._unreachable(number, [used for _, used in rooms])
        except UndecidableError:
            return None
        try:
            found = None
            if not any(room and self._differs_there(number, room) for room, _ in rooms):
                found = self._no_difference(number)
            return found or self._partly_shadowed(number)
        except UndecidableError:
            return None

    def _boxes_of(self, rule: Rule) -> list[Box] | None:
        try:
            return boxes_of(self._space, rule.when, rule.id)
        except UndecidableError:
            return None

    def _bits(self, start: int, end: int) -> int:
        """Return the boxes of the enabled rules from `start` up to and without `end`."""
        return (1 << self._first[end]) - (1 << self._first[start])

    def _rules_of(self, bits: int) -> list[int]:
        return sorted({self._owner[bit - self._search.offset] for bit in bits_of(bits)})

    def _told(
        self,
        number: int,
        kind: StandingKind,
        blocking: tuple[int, ...] = (),
        wins: Shown | None = None,
        loses: Shown | None = None,
    ) -> Standing:
        index, rule = self.enabled[number]
        differs = any(self._effect(other) != self._effect(number) for other in blocking)
        names = tuple(self.enabled[other][1].id for other in blocking)
        return Standing(index, rule.id, kind, names, differs, wins, loses)

    def _effect(self, number: int) -> Landing:
        """Return where a rule leads; no task stands for the declared one."""
        return self._effects[number]

    def _leads_to(self, rule: Rule) -> Landing:
        return Landing(rule.route or self.table.tasks[rule.task or ""].route, rule.task)

    # Unreachable

    def _unreachable(self, number: int, used: list[int]) -> Standing | None:
        boxes = self._boxes[number]
        assert boxes is not None
        blocking = self._fewest(boxes, self._rules_of(_any(used)))
        for box in boxes:
            shown = self._shown(box, 0, number, {self.enabled[n][1].id for n in blocking})
            if shown is None:
                shown = self._shown(box, 0, number, None)
            if shown is not None:
                return self._told(number, "unreachable", tuple(blocking), loses=shown)
        if all(self._is_empty(box) for box in boxes):
            return self._told(number, "contradictory")
        return None

    def _is_empty(self, box: Box) -> bool:
        return self._search.outside(box, 0)[0] is None

    def _fewest(self, boxes: list[Box], rules: list[int]) -> list[int]:
        """Return rules that cover the boxes and of which none can be left out; one if one does."""
        for rule in rules:
            if self._covers(boxes, [rule]):
                return [rule]
        kept = list(rules)
        for rule in reversed(rules):
            fewer = [other for other in kept if other != rule]
            if len(kept) > 2 and self._covers(boxes, fewer):
                kept = fewer
        return kept

    def _covers(self, boxes: list[Box], rules: list[int]) -> bool:
        others = sum(self._bits(rule, rule + 1) for rule in rules)
        try:
            return all(self._search.outside(box, others)[0] is None for box in boxes)
        except UndecidableError:
            return False

    # No difference

    def _no_difference(self, number: int) -> Standing | None:
        """Tell whether every request a rule takes would land the same without it."""
        boxes = self._boxes[number]
        assert boxes is not None
        effect = self._effect(number)
        later = range(number + 1, len(self.enabled))
        if any(n > number and self._effect(n) != effect for n in self._undecided):
            return None
        if self._differs_by_default(number, boxes, effect):
            return None
        before = self._bits(0, number)
        for other in later:
            if self._effect(other) == effect:
                continue
            between = before | self._bits(number + 1, other)
            for box in boxes:
                for their in self._boxes[other] or ():
                    both = overlap(box, their, self._space.full)
                    if both is not None and self._search.outside(both, between)[0] is not None:
                        return None
        for box in boxes:
            shown = self._shown(box, before, number, {self.enabled[number][1].id})
            if shown is not None and self._lands_the_same(number, shown.facts):
                return self._told(number, "no-difference", self._heirs(number, boxes), wins=shown)
        return None

    def _differs_there(self, number: int, room: Box) -> bool:
        """Tell whether a request in `room`, which the rule takes, would land elsewhere without it.

        Two requests are tried: most rules make a difference to any, and are done with by that.
        """
        for highest in (False, True):
            around = self._search.around(room, highest=highest)
            if around & self._search.background:
                continue
            later = around >> self._first[number + 1]
            if later:
                bit = self._first[number + 1] + (later & -later).bit_length() - 1
                if self._effect(self._owner[bit - self._search.offset]) != self._effect(number):
                    return True
                continue
            mask = room.get(self._task, self._space.full[self._task])
            cell = mask.bit_length() - 1 if highest else (mask & -mask).bit_length() - 1
            if self._tasks_that_differ(self._effect(number)) >> cell & 1:
                return True
        return False

    def _differs_by_default(self, number: int, boxes: list[Box], effect: Landing) -> bool:
        """Tell whether a request it takes would fall to a task or the default that differs."""
        others = self._bits(0, number) | self._bits(number + 1, len(self.enabled))
        differing = self._tasks_that_differ(effect)
        for box in boxes:
            mask = box.get(self._task, self._space.full[self._task]) & differing
            if mask and self._search.outside({**box, self._task: mask}, others)[0] is not None:
                return True
        return False

    def _tasks_that_differ(self, effect: Landing) -> int:
        """Return the cells of declared tasks whose own landing is not `effect`."""
        known = self._differing.get(effect)
        if known is None:
            known = self._differing[effect] = self._find_tasks_that_differ(effect)
        return known

    def _find_tasks_that_differ(self, effect: Landing) -> int:
        cells = self._space.facts["task"]
        differing = 0
        for cell in range(cells.count):
            task = next(cells.values(cell))
            known = self.table.tasks.get(str(task)) if task is not None else None
            route = known.route if known is not None else self.table.default
            if route != effect.route or effect.task not in (None, task):
                differing |= 1 << cell
        return differing

    def _heirs(self, number: int, boxes: list[Box]) -> tuple[int, ...]:
        """Return the first later rules that some request of this one's would land on without it."""
        heirs: list[int] = []
        before = self._bits(0, number)
        for other in range(number + 1, len(self.enabled)):
            if self._effect(other) != self._effect(number):
                continue
            between = before | self._bits(number + 1, other)
            for box, their in ((box, their) for box in boxes for their in self._boxes[other] or ()):
                both = overlap(box, their, self._space.full)
                if both is not None and self._search.outside(both, between)[0] is not None:
                    heirs.append(other)
                    break
            if len(heirs) == MOST_HEIRS:
                break
        return tuple(heirs)

    def _lands_the_same(self, number: int, facts: Facts) -> bool:
        """Ask the router's own conditions where a request would land without the rule."""
        scan = TextScan(self._router.sets, facts)
        decided = self._router.decide(facts, 0.0)
        for index, rule in self.enabled[number + 1 :]:
            if self._router.rules[index].when.holds(facts, scan):
                task = rule.task if rule.task is not None else facts.task
                route = rule.route or self.table.tasks[rule.task or ""].route
                return Landing(route, task) == Landing(decided.route, decided.task)
        known = self.table.tasks.get(facts.task or "")
        route = known.route if known is not None else self.table.default
        return Landing(route, facts.task) == Landing(decided.route, decided.task)

    # Partly shadowed

    def _partly_shadowed(self, number: int) -> Standing | None:
        """Find the first rule before that leads elsewhere and takes part of this one's own terms.

        Two rules on different facts always have requests in common; that is told only where the
        rule before asks for no facts, phrases or patterns but those this rule asks for.
        """
        boxes = self._boxes[number]
        assert boxes is not None
        before = self._bits(0, number)
        for box in boxes:
            near = self._search.within(frozenset(box), self._search.meeting(box, before))
            for other in self._rules_of(near):
                if self._effect(other) == self._effect(number):
                    continue
                loses = self._loses_to(box, other, number)
                wins = self._wins(boxes, number) if loses is not None else None
                if wins is not None:
                    return self._told(number, "partly-shadowed", (other,), wins, loses)
        return None

    def _loses_to(self, box: Box, other: int, number: int) -> Shown | None:
        name = self.enabled[other][1].id
        for their in self._boxes[other] or ():
            both = overlap(box, their, self._space.full)
            if both is not None:
                shown = self._shown(both, self._bits(0, other), number, {name})
                if shown is not None:
                    return shown
        return None

    def _wins(self, boxes: list[Box], number: int) -> Shown | None:
        before = self._bits(0, number)
        for box in boxes:
            shown = self._shown(box, before, number, {self.enabled[number][1].id})
            if shown is not None:
                return shown
        return None

    def _shown(self, box: Box, others: int, number: int, takers: set[str] | None) -> Shown | None:
        """Return a request in `box` and not in `others` that the router says meets the rule.

        `takers` are the rules one of which has to take it, None for any before the rule itself.
        """
        room, _ = self._search.outside(box, others)
        if room is None:
            return None
        compiled = self._router.rules[self.enabled[number][0]]
        for facts in examples(self._space, room):
            decided = self._router.decide(facts, 0.0).rule
            if takers is None:
                if self._by_id.get(decided or "", number) >= number:
                    continue
            elif decided not in takers:
                continue
            if compiled.when.holds(facts, TextScan(self._router.sets, facts)):
                return Shown(facts, decided)
        return None


def _any(masks: list[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
