"""What would become of a composed request: the verdict above, the explanation below."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from console.ui.preview_document import PreviewResult
from console.ui.table_watch import TableInView
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import line
from console.ui.widgets.verdict_lines import verdict_lines


class PreviewAnswer(Vertical):
    """Shows a decision, or one sentence that says why there is none."""

    def compose(self) -> ComposeResult:
        """The verdict, and why."""
        verdict = LineView(id="verdict")
        verdict.border_title = "Verdict"
        yield verdict
        yield ExplanationView(id="why", empty="Nothing was decided yet.")

    @property
    def verdict(self) -> LineView:
        """The decision: route, targets, reason."""
        return self.query_one("#verdict", LineView)

    @property
    def why(self) -> ExplanationView:
        """The explanation, rule by rule."""
        return self.query_one("#why", ExplanationView)

    @property
    def text(self) -> str:
        """All that is shown, as text to be copied."""
        return f"{self.verdict.plain_text}\n\n{self.why.plain_text}\n"

    def show(self, result: PreviewResult, table_in_view: TableInView) -> None:
        """Show a decision made by the table in view."""
        router = table_in_view.router
        if router is None:
            self.say(absence(table_in_view))
            return
        self.verdict.set_lines(verdict_lines(result, router.table, router.overrides))
        behind = ", its file has errors" if table_in_view.is_behind_its_file else ""
        self.verdict.border_subtitle = Content(f"version {result.decision.table_version}{behind}")
        facts = result.facts
        self.why.show(
            result.explanation,
            texts={fact: facts.value(fact) for fact in ("prompt", "system", "conversation")},
            reasons={rule.id: rule.because for rule in router.table.rules},
            keep=True,
        )

    def say(self, sentence: str) -> None:
        """Show one sentence in the place of a verdict."""
        self.verdict.set_lines([line((sentence, "$outcome-degraded"))])
        self.verdict.border_subtitle = ""
        self.why.show(None)


def absence(table_in_view: TableInView) -> str:
    """Say why there is no table to decide by, and what to do."""
    if table_in_view.path is None:
        return "No table was given. Start with --table policies/NAME.yaml to preview one."
    if table_in_view.unreadable is not None:
        return table_in_view.unreadable
    if table_in_view.loaded is None:
        return "Reading the table …"
    errors = table_in_view.error_count
    counted = f"{errors} {'error' if errors == 1 else 'errors'}"
    return f"The table has {counted} and cannot decide. Press 3 to see them."
