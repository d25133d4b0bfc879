"""Why does a card take the full path? Because of what only the engine can lay out."""


class Unfit(Exception):
    """Filling is not for this card; `reason` is a word for the count."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
