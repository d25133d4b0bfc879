"""What does a page say? Its fields as they are filled, the message beside each, its tables, its notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from sqlalchemy import event
from sqlalchemy.orm import Session


class Page(HTMLParser):
    """A page as a reader sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        """By the name of the field."""
        self.rows: list[list[str]] = []
        """Every row of every table, headings too."""
        self.text = ""
        self._select = self._area = self._fault = ""
        self._cell = False
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag in {"input", "select", "option", "textarea"}:
            self._note_field(tag, name, given)
        elif tag == "p" and given.get("class") == "fault":
            self._fault = given["id"].removeprefix("field-").removesuffix("-fault")
            self.faults[self._fault] = ""
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._cell = True
            self.rows[-1].append("")
        self._silent += tag in {"script", "style", "svg", "title"}

    def _note_field(self, tag: str, name: str, given: dict[str, str]) -> None:
        if tag == "option":
            if "selected" in given:
                self.fields[self._select] = given["value"]
        elif tag != "input":
            self.fields[name] = ""
            self._select, self._area = (name, "") if tag == "select" else ("", name)
        elif "checked" in given or given.get("type") not in {"radio", "checkbox", "hidden"}:
            self.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._fault = ""
        elif tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""
        elif tag in {"td", "th"}:
            self._cell = False
            self.rows[-1][-1] = " ".join(self.rows[-1][-1].split())
        self._silent -= tag in {"script", "style", "svg", "title"}

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._area:
            self.fields[self._area] += data
        if self._fault:
            self.faults[self._fault] = (self.faults[self._fault] + data).strip()
        if self._cell:
            self.rows[-1][-1] += data
        self.text = f"{self.text} {' '.join(data.split())}" if data.strip() else self.text


@contextmanager
def counted_queries(session: Session) -> Iterator[list[str]]:
    """Every statement that is sent to the database meanwhile, but those that only mark savepoints."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)
