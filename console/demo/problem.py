"""Why a demo cannot start, in words for whoever started it."""


class DemoProblem(Exception):  # noqa: N818 - a problem, as everywhere in the house
    """One sentence that says what is wrong and where, and a hint where one helps.

    Foreign text in the sentence has been made inert.
    """

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
