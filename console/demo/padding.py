"""Makes text of a wanted length: documents for long prompts, without a file for each."""

from random import Random

_PARAGRAPHS = (
    "The parties agree that deliveries are made on working days between eight and sixteen hours, "
    "that the recipient keeps a level place of four by six metres free, and that waiting beyond "
    "thirty minutes is charged by the quarter of an hour.\n",
    "2026-02-11 04:17:09 depot-3 gateway lost, retry 4, back after 00:01:42; queue 118, oldest "
    "00:09:31; two labels printed twice, voided by hand.\n",
    "Step 14. Lay the ridge beam into the forks of the gables. Do not tighten the screws before "
    "both halves of the roof lie on it without a gap. A second person holds the far end.\n",
    "Article 7. Notice may be given to the end of a quarter with six months of warning, in "
    "writing, by either side; a lease that was extended by silence runs for one year more.\n",
    "Minutes, item 5: the council asks for a second shift leader on Saturdays from May on; the "
    "management will answer by the next meeting; the question of the cold hall stays open.\n",
    "Lot 3 comprises 240 benches of larch, untreated, bolts of stainless steel, delivered in four "
    "parts; the penalty is half a percent of the lot for every week begun, five at most.\n",
)


def document(size_bytes: int, rng: Random) -> str:
    """Return ASCII text of exactly `size_bytes` bytes; empty for 0 or less."""
    if size_bytes <= 0:
        return ""
    start = rng.randrange(len(_PARAGRAPHS))
    once = "".join(_PARAGRAPHS[start:] + _PARAGRAPHS[:start])
    return (once * (size_bytes // len(once) + 1))[:size_bytes]


def cut_to(text: str, size_bytes: int) -> str:
    """Return the beginning of `text` that fits into `size_bytes` of UTF-8."""
    return text.encode()[: max(0, size_bytes)].decode(errors="ignore")
