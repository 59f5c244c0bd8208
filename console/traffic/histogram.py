"""Quantiles that can be added up: a histogram whose buckets grow with the value.

An octave (from a value to its double) has 18 buckets, so each ends at γ = 2^(1/18) ≈ 1.039 times
its start. A value is reported as 2·low·high/(low + high) of its bucket, which is never further off
than (γ − 1)/(γ + 1) = 1.93 % (Masson, Rim, Lee: "DDSketch", VLDB 2019, section 2). With 16 buckets
that bound would be 2.17 %.
"""

import math
from itertools import accumulate

BUCKETS_AN_OCTAVE = 18

RELATIVE_ERROR = 0.0193
"""How far a quantile may be from the value it stands for, as a share of that value."""

SMALLEST, LARGEST = 2.0**-10, 2.0**40
"""Values outside are counted at this edge; in milliseconds, a microsecond and 35 years."""

_FIRST_BUCKET = -10 * BUCKETS_AN_OCTAVE
_FORMAT = 1


class Histogram:
    """How often values of each size occurred. Values are positive; the unit is the caller's."""

    __slots__ = ("counts",)

    def __init__(self, counts: dict[int, int] | None = None) -> None:
        self.counts: dict[int, int] = {} if counts is None else counts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Histogram({dict(sorted(self.counts.items()))})"

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts.values())

    def add(self, value: float) -> None:
        """Count one value; NaN is refused with ValueError."""
        bucket = _bucket_of(value)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    def merge(self, other: "Histogram") -> None:
        """Count everything the other has counted, too."""
        counts = self.counts
        counted = counts.get
        for bucket, count in other.counts.items():
            counts[bucket] = counted(bucket, 0) + count

    def quantile(self, q: float) -> float | None:
        """Return the value below or at which a share `q` of the values lies, None without values.

        By nearest rank: the smallest value that at least `q` times the total do not exceed,
        within `RELATIVE_ERROR` of it.
        """
        if not 0 <= q <= 1:
            raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
        rank = max(1, math.ceil(q * self.total))
        seen = 0
        for bucket, count in sorted(self.counts.items()):
            seen += count
            if seen >= rank:
                return _value_of(bucket)
        return None

    def between(self, low: float, high: float) -> int:
        """Return how many values lie from `low` to before `high`, within the histogram's error."""
        return sum(
            count for bucket, count in self.counts.items() if low <= _value_of(bucket) < high
        )

    def encode(self) -> bytes:
        """Return the histogram in a few bytes a bucket.

        One byte for the format, then for each bucket in ascending order two LEB128 numbers: the
        distance from the bucket before, and the count.
        """
        encoded = bytearray([_FORMAT])
        before = _FIRST_BUCKET
        for bucket, count in sorted(self.counts.items()):
            _append_number(encoded, bucket - before)
            _append_number(encoded, count)
            before = bucket
        return bytes(encoded)

    @classmethod
    def decode(cls, encoded: bytes) -> "Histogram":
        """Read what `encode` wrote; raises ValueError for anything else."""
        if not encoded or encoded[0] != _FORMAT:
            raise ValueError("not a histogram of this format")
        numbers = _numbers(encoded)
        if len(numbers) % 2:
            raise ValueError("a histogram ends within a bucket")
        buckets = accumulate(numbers[::2], initial=_FIRST_BUCKET)
        next(buckets)
        return cls(dict(zip(buckets, numbers[1::2], strict=True)))


def merge_encoded(one: bytes, other: bytes) -> bytes:
    """Return the encoding of two encoded histograms together."""
    if len(other) == 1:
        return one
    if len(one) == 1:
        return other
    merged = Histogram.decode(one)
    merged.merge(Histogram.decode(other))
    return merged.encode()


def _bucket_of(value: float) -> int:
    if math.isnan(value):
        raise ValueError("NaN has no place in a histogram")
    within = min(max(value, SMALLEST), LARGEST)
    return math.floor(math.log2(within) * BUCKETS_AN_OCTAVE)


def _value_of(bucket: int) -> float:
    low: float = 2.0 ** (bucket / BUCKETS_AN_OCTAVE)
    high: float = 2.0 ** ((bucket + 1) / BUCKETS_AN_OCTAVE)
    return 2 * low * high / (low + high)


def _append_number(encoded: bytearray, number: int) -> None:
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)


def _numbers(encoded: bytes) -> list[int]:
    # The first number is the distance from the very first bucket and takes two bytes; the others
    # mostly take one, and are what they are.
    if encoded[3:].isascii() and len(encoded) > 3 and encoded[1] & 0x80 and not encoded[2] & 0x80:
        return [encoded[1] & 0x7F | encoded[2] << 7, *encoded[3:]]
    numbers: list[int] = []
    number = shift = 0
    for byte in encoded[1:]:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            numbers.append(number)
            number = shift = 0
    if shift:
        raise ValueError("a histogram ends within a number")
    return numbers
