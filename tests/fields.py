"""What stands in the forms of a page, and what a browser would send of it?"""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """The fields of all forms of a page: `sent` is what their values are, `options` what their selects offer."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.invalid: set[str] = set()
        self._select = self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        name = attributes.get("name", "")
        if "aria-invalid" in attributes:
            self.invalid.add(name)
        if tag == "input" and name:
            self._take_input(name, attributes)
        elif tag == "textarea":
            self._textarea, self.sent[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option":
            self._take_option(attributes)

    def _take_input(self, name: str, attributes: dict[str, str]) -> None:
        if attributes.get("type") not in {"radio", "checkbox"}:
            self.sent[name] = attributes.get("value", "")
        elif "checked" in attributes:
            self.sent[name] = attributes.get("value", "on")

    def _take_option(self, attributes: dict[str, str]) -> None:
        value = attributes.get("value", "")
        self.options.setdefault(self._select, []).append(value)
        if "selected" in attributes or self._select not in self.sent:
            self.sent[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A browser leaves out the line break after the opening tag
            self.sent[self._textarea] = self.sent[self._textarea].removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.sent[self._textarea] += data
