"""When a target is left alone and when it is tried again, without a clock."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from console.gateway.breaker import Breaker, BreakerLimits, Pass

LIMITS = BreakerLimits()


def longest(_least: float, most: float) -> float:
    return most


def breaker() -> Breaker:
    return Breaker(LIMITS, longest)


def entered(one: Breaker, now: float) -> Pass:
    leave = one.enter(now)
    assert leave is not None
    return leave


def fail(one: Breaker, now: float, times: int = 1, retry_after_s: float | None = None) -> None:
    for _ in range(times):
        one.failed(entered(one, now), now, retry_after_s)


def succeed(one: Breaker, now: float, times: int = 1) -> None:
    for _ in range(times):
        one.succeeded(entered(one, now), now)


def opened() -> Breaker:
    one = breaker()
    fail(one, 0.0, 5)
    return one


def test_it_opens_on_five_failures_in_a_row() -> None:
    one = breaker()
    fail(one, 0.0, 4)
    assert one.allows(0.0)

    fail(one, 0.0)

    assert (one.state(0.0), one.reason) == ("open", "consecutive_failures")
    assert one.enter(0.0) is None
    assert one.left_alone_for(1.0) == 4.0


def test_a_success_between_keeps_failures_from_being_in_a_row() -> None:
    one = breaker()
    succeed(one, 0.0, 20)
    for _ in range(3):
        fail(one, 0.0, 4)
        succeed(one, 0.0)

    assert one.state(0.0) == "closed"


def test_it_opens_when_half_of_at_least_ten_attempts_failed() -> None:
    one = breaker()
    for _ in range(4):
        succeed(one, 0.0)
        fail(one, 0.0)
    succeed(one, 0.0)
    assert one.state(0.0) == "closed"

    fail(one, 0.0)

    assert (one.state(0.0), one.reason) == ("open", "error_share")


def test_failures_older_than_the_window_are_forgotten() -> None:
    one = breaker()
    for _ in range(4):
        succeed(one, 0.0)
        fail(one, 0.0)
    succeed(one, 31.0)
    fail(one, 31.0)

    assert one.state(31.0) == "closed"


def test_half_open_lets_one_probe_through_and_its_success_closes() -> None:
    one = opened()
    assert one.state(5.0) == "half_open"

    probe = entered(one, 5.0)

    assert probe.is_probe
    assert one.enter(5.0) is None
    one.succeeded(probe, 6.0)
    assert one.state(6.0) == "closed"
    assert one.reason is None
    fail(one, 6.0, 4)
    assert one.state(6.0) == "closed"


def test_a_failed_probe_opens_it_for_twice_as_long_up_to_a_bound() -> None:
    one, now, waits = opened(), 0.0, []
    for _ in range(7):
        waits.append(one.left_alone_for(now))
        now += waits[-1]
        fail(one, now)

    assert waits == [5.0, 10.0, 20.0, 40.0, 80.0, 120.0, 120.0]
    assert one.reason == "failed_probe"


def test_a_probe_that_tells_nothing_makes_way_for_the_next() -> None:
    one = opened()
    one.told_nothing(entered(one, 5.0))

    assert entered(one, 5.0).is_probe


def test_retry_after_cools_it_down_for_that_long_and_then_it_is_closed() -> None:
    one = breaker()
    fail(one, 0.0, retry_after_s=7.0)

    assert (one.state(6.9), one.reason) == ("cooling_down", "retry_after")
    assert one.enter(6.9) is None
    assert one.state(7.0) == "closed"
    assert not entered(one, 7.0).is_probe


def test_retry_after_is_bounded_and_never_shortens_an_open_time() -> None:
    one = breaker()
    fail(one, 0.0, retry_after_s=86_400.0)
    assert one.left_alone_for(0.0) == LIMITS.longest_retry_after_s

    other = breaker()
    fail(other, 0.0, 4)
    fail(other, 0.0, retry_after_s=2.0)
    assert (other.state(0.0), other.left_alone_for(0.0)) == ("open", 5.0)


def test_what_was_sent_before_it_opened_says_nothing_afterwards() -> None:
    one = breaker()
    late = [entered(one, 0.0) for _ in range(3)]
    fail(one, 0.0, 5)
    probe = entered(one, 5.0)

    one.succeeded(late[0], 5.0)
    one.failed(late[1], 5.0)
    one.told_nothing(late[2])

    assert one.state(5.0) == "half_open"
    assert one.enter(5.0) is None
    one.succeeded(probe, 5.0)
    assert one.state(5.0) == "closed"


def test_a_late_retry_after_during_a_probe_does_not_let_a_second_probe_out() -> None:
    one = breaker()
    late = entered(one, 0.0)
    fail(one, 0.0, 5)
    probe = entered(one, 5.0)

    one.failed(late, 5.0, retry_after_s=1.0)

    assert one.enter(6.0) is None
    one.succeeded(probe, 6.0)
    assert one.state(6.0) == "half_open"
    assert entered(one, 6.0).is_probe


SECONDS = st.integers(0, 3200).map(lambda eighths: eighths / 8)
"""Numbers that are added without rounding."""


class AnyBreaker(RuleBasedStateMachine):
    """Attempts begin and end in any order at any time; what is documented always holds."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(LIMITS, lambda least, most: least)
        self.out: list[Pass] = []

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_request_comes(self) -> None:
        allowed, state = self.breaker.allows(self.now), self.breaker.state(self.now)
        leave = self.breaker.enter(self.now)
        assert (leave is not None) == allowed
        if leave is not None:
            assert state == ("half_open" if leave.is_probe else "closed")
            self.out.append(leave)

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def an_attempt_succeeds(self, data: st.DataObject) -> None:
        leave = self._take(data)
        before = self.breaker.state(self.now)
        self.breaker.succeeded(leave, self.now)
        if before in ("open", "cooling_down"):
            assert self.breaker.state(self.now) == before

    @precondition(lambda self: self.out)
    @rule(data=st.data(), wait=st.none() | SECONDS)
    def an_attempt_fails(self, data: st.DataObject, wait: float | None) -> None:
        leave = self._take(data)
        before = self.breaker.left_alone_for(self.now)
        self.breaker.failed(leave, self.now, wait)
        assert self.breaker.left_alone_for(self.now) >= before
        if wait:
            assert self.breaker.left_alone_for(self.now) >= min(wait, 300.0)

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def an_attempt_tells_nothing(self, data: st.DataObject) -> None:
        before = self.breaker.state(self.now)
        self.breaker.told_nothing(self._take(data))
        assert self.breaker.state(self.now) == before

    @invariant()
    def there_is_never_more_than_one_probe(self) -> None:
        assert sum(leave.is_probe for leave in self.out) <= 1

    @invariant()
    def it_is_never_left_alone_for_longer_than_the_longest_wait(self) -> None:
        assert self.breaker.left_alone_for(self.now) <= LIMITS.longest_retry_after_s

    @invariant()
    def left_alone_and_let_through_exclude_each_other(self) -> None:
        state = self.breaker.state(self.now)
        assert (self.breaker.left_alone_for(self.now) > 0) == (state in ("open", "cooling_down"))
        if state == "closed":
            assert self.breaker.allows(self.now) or any(leave.is_probe for leave in self.out)

    def _take(self, data: st.DataObject) -> Pass:
        return self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))


TestAnyBreaker = AnyBreaker.TestCase
TestAnyBreaker.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
