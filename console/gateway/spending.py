"""What one request used and cost: tokens as its providers counted them, dollars by the table.

A request's tokens are those of the answer the client got. Its cost is what all its attempts that
gave an answer, or a part of one, cost together: unknown as soon as one of them is.
"""

from collections.abc import Mapping

from console.gateway.stream_tally import StreamTally
from console.gateway.usage import Usage
from console.routing.cost import estimated_cost
from console.routing.facts import BYTES_PER_TOKEN
from console.table.model import Model
from console.traffic.records import AttemptRow, RequestRow


class Spending:
    """Fills in the tokens and the cost of `row` and of its attempts.

    `input_tokens` is what was estimated of the request before it was sent.
    """

    def __init__(self, row: RequestRow, models: Mapping[str, Model], input_tokens: int) -> None:
        self._row = row
        self._models = models
        self._input_tokens = input_tokens
        self._costs: list[float | None] = []

    def of_answer(self, attempt: AttemptRow | None, usage: Usage | None) -> None:
        """Note what the answer that the client gets used, as its provider says."""
        if attempt is not None:
            self.of_attempt(attempt, usage)
        if usage is not None:
            self._row.usage_source = "provider"
            self._row.input_tokens = usage.input
            self._row.output_tokens = usage.output
            self._row.cache_read_tokens = usage.cached
            self._row.reasoning_tokens = usage.reasoning

    def of_attempt(self, attempt: AttemptRow, usage: Usage | None) -> None:
        """Note what an attempt used, and what that costs by the table."""
        if usage is not None:
            attempt.input_tokens = usage.input
            attempt.output_tokens = usage.output
            price = self._models[attempt.model].usd_per_million
            attempt.cost_usd = estimated_cost(price, usage.input, usage.output, usage.cached)
        self._costs.append(attempt.cost_usd)

    def of_cut_stream(self, attempt: AttemptRow | None, tally: StreamTally) -> None:
        """Note the tokens of a stream that was cut short: the provider's count comes at its end.

        Without it they are estimated, said to be so, and their cost stays unknown.
        """
        if tally.usage is not None:
            self.of_answer(attempt, tally.usage)
        elif attempt is not None:
            self.of_part(attempt, tally.text_bytes)
            self._row.usage_source = "estimated"
            self._row.input_tokens = attempt.input_tokens
            self._row.output_tokens = attempt.output_tokens

    def of_part(self, attempt: AttemptRow, answer_bytes: int) -> None:
        """Note an attempt of whose answer only so many bytes of text came; its cost is unknown."""
        attempt.input_tokens = self._input_tokens
        attempt.output_tokens = -(-answer_bytes // BYTES_PER_TOKEN)
        self._costs.append(None)

    def settle(self) -> None:
        """Put the request's cost into its row, where all of it is known."""
        known = [cost for cost in self._costs if cost is not None]
        if known and len(known) == len(self._costs):
            self._row.cost_usd = sum(known)
            self._row.cost_source = "table"
