"""What can be done with a request wherever one is shown: preview it, copy it out, say why, act."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from console.routing.facts import Facts
from console.traffic.records import RequestRow
from console.ui.console_screen import ConsoleScreen
from console.ui.header import running_gateways
from console.ui.story_reads import StoryFailed, StoryRead, StoryReads
from console.whatif.request_story import RequestStory

ANY_GATEWAY = "127.0.0.1:8484"
"""Where a gateway listens when nobody says otherwise."""


def _copying(key: str, action: str, words: str, name: str, tooltip: str) -> Binding:
    return Binding(key, action, words, show=False, id=name, tooltip=tooltip)


class RequestScreen(ConsoleScreen):
    """A place where one request is meant; give it `row_meant`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p", "preview", "Preview", id="traffic.preview", tooltip="Open the request in Preview"
        ),
        _copying("y", "copy_id", "Copy id", "traffic.copy", "Copy the request's id"),
        _copying(
            "Y", "copy_markdown", "Copy all", "traffic.copy-all", "Copy all of it as Markdown"
        ),
        _copying("J", "copy_json", "Copy JSON", "traffic.copy-json", "Copy all of it as JSON"),
        _copying(
            "c", "copy_curl", "Copy curl", "traffic.copy-curl", "Copy a command that asks it again"
        ),
        Binding(
            "v",
            "texts",
            "Texts",
            show=False,
            id="traffic.texts",
            tooltip="Prompt and answer as captured: to read, search and copy",
        ),
        Binding(
            "A",
            "make_test",
            "Make a test",
            show=False,
            id="traffic.test",
            tooltip="Make a test of the table from the request",
        ),
        Binding(
            "n",
            "new_rule",
            "New rule",
            show=False,
            id="traffic.rule",
            tooltip="Draft a rule that takes this request, before the one that took it",
        ),
        Binding(
            "W",
            "why",
            "Why",
            show=False,
            id="traffic.why",
            tooltip="Where it would go today, and which edit made it differ",
        ),
        Binding(
            "d",
            "act",
            "Drain",
            show=False,
            id="traffic.act",
            tooltip="Take the request's provider or model out of use for a while",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._reads = StoryReads(self, self.console.log_queries)
        self._story: RequestStory | None = None
        self._then: Callable[[RequestStory], object] | None = None

    def row_meant(self) -> RequestRow | None:
        """Return the request that is meant, None where there is none."""
        raise NotImplementedError

    def hold_still(self) -> None:
        """Keep the request that is meant where it is while more is read of it."""

    def _with_story(self, then: Callable[[RequestStory], object]) -> None:
        """Do something with the request that is meant, once all of it is read."""
        row = self.row_meant()
        if row is None:
            self.console.tell("There is no request here.", "warning")
        elif self._story is not None and self._story.row.request_id == row.request_id:
            then(self._story)
        else:
            self.hold_still()
            self._then = then
            self._reads.story(row.request_id)

    @on(StoryRead)
    def _do_with_story(self, event: StoryRead) -> None:
        then, self._then = self._then, None
        if then is None:
            return
        if event.story is None:
            self.console.tell("This request is no longer in the log.", "warning")
        else:
            then(event.story)

    @on(StoryFailed)
    def _do_nothing(self) -> None:
        self._then = None

    def _with_facts(self, then: Callable[[Facts, RequestRow], object]) -> None:
        """Do something with the facts of the request that is meant, or say that it has none."""

        def use(story: RequestStory) -> None:
            if story.facts is None:
                self.console.tell("The facts of this request are not in the log.", "warning")
            else:
                then(story.facts, story.row)

        self._with_story(use)

    def action_preview(self) -> None:
        """Open the request in Preview."""
        self._with_facts(lambda facts, row: self.console.preview_request(facts, row.request_id))

    def action_copy_id(self) -> None:
        """Copy the id of the request that is meant."""
        row = self.row_meant()
        if row is None:
            self.console.tell("There is no request to copy the id of.", "warning")
        else:
            self.console.copy(row.request_id, "request id")

    def action_copy_markdown(self) -> None:
        """Copy all that is known of the request for a ticket."""
        from console.whatif.evidence import as_markdown

        self._with_story(lambda story: self.console.copy(as_markdown(story), "request as Markdown"))

    def action_copy_json(self) -> None:
        """Copy all that is known of the request for a program."""
        from console.json_text import encoded
        from console.whatif.evidence import as_document

        def copy(story: RequestStory) -> None:
            self.console.copy(encoded(as_document(story)).decode() + "\n", "request as JSON")

        self._with_story(copy)

    def action_copy_curl(self) -> None:
        """Copy a command that asks the same at a gateway that runs."""
        from console.whatif.evidence import as_curl

        def copy(story: RequestStory) -> None:
            news = self.console.log_news
            running = running_gateways(news.gateways, news.looked_at or 0.0)
            command = as_curl(story, running[0].address if running else ANY_GATEWAY)
            if command is None:
                self.console.tell(
                    "Its prompt was not captured: there is nothing to ask.", "warning"
                )
            else:
                self.console.copy(command + "\n", "curl command")

        self._with_story(copy)

    def action_texts(self) -> None:
        """Show the texts of the request that were captured."""
        from console.ui.texts_dialog import TextsDialog

        self._with_story(
            lambda story: self.app.push_screen(TextsDialog(story.row.request_id, story.body))
        )

    def action_make_test(self) -> None:
        """Make a test of the table from the request that is meant."""
        self._with_facts(lambda facts, row: self.console.make_test(facts, row.rollout_bucket))

    def action_new_rule(self) -> None:
        """Draft a rule that takes the request that is meant, and let it be written in Rules."""

        def draft(facts: Facts, _: RequestRow) -> None:
            if not self.console.refuses_to_change():
                self.console.rule_to_draft = facts
                self.console.switch_mode("rules")

        self._with_facts(draft)

    def action_why(self) -> None:
        """Say where the request would go today, and which saved edit made it differ."""
        row = self.row_meant()
        if row is None:
            self.console.tell("There is no request to explain.", "warning")
        else:
            from console.ui.why_dialog import WhyDialog

            self.app.push_screen(WhyDialog(row.request_id))

    def action_act(self) -> None:
        """Ask for an override, beginning with the provider that failed the request."""
        if self.row_meant() is None:
            self.console.act("")
            return

        def act(story: RequestStory) -> None:
            provider = story.failed_provider or story.row.provider_name
            self.console.act(f"provider:{provider}" if provider else "")

        self._with_story(act)
