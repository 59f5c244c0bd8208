"""Reads a gateway's `/metrics` by the official parser."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from tests.gateway.conftest import Desk

Sample = tuple[str, dict[str, str], float]


async def samples(desk: Desk) -> list[Sample]:
    """Return what the page holds."""
    page = await desk.http.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    return list(parsed(page.text))


def parsed(text: str) -> Iterator[Sample]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def value(found: list[Sample], name: str, /, **labels: str) -> float | None:
    """Return the sum of the samples called `name` with these labels; None where there is none."""
    values = [v for n, has, v in found if n == name and labels.items() <= has.items()]
    return sum(values) if values else None
