"""What is the structure tree of a card? The tags of its blocks, hung below those of their containers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from app.documents.frozen.blocks import MARKER, Block, FrozenBlock
from app.documents.frozen.objects import Shared, text

_ROOT: Final = 0
"""The number of the container that is the whole document."""


@dataclass(slots=True)
class Element:
    """An element of the tree before it is written."""

    number: int
    role: str
    parent: int
    page: int
    kids: list["Element | bytes"] = field(default_factory=list)
    attributes: str = ""
    extra: bytes = b""
    scope: str | None = None
    columns: int = 1
    headers: list[str] = field(default_factory=list)


class Tree:
    """Grows block by block; `written` puts all of it among the shared objects."""

    def __init__(self, shared: Shared, pages: list[int]) -> None:
        self._shared = shared
        self._pages = pages
        self.root = shared.new()
        self._document = Element(shared.new(), "/Document", self.root, pages[0])
        self._containers = {_ROOT: self._document}
        self._elements = [self._document]
        self._content: list[list[int]] = [[] for _ in pages]
        """By page and marked content: the element that it belongs to."""
        self._linking: list[int] = []
        self.alternatives: list[int] = []
        """The numbers of the texts that describe drawings, in their order."""
        self.links: list[int] = []
        """The numbers of the links' annotations, in their order."""

    def content_before(self, page: int) -> int:
        """How many pieces of marked content the page holds so far."""
        return len(self._content[page])

    def add(self, block: Block, frozen: FrozenBlock, page: int, drop: float) -> None:
        """Hang a block into the tree; it lies so much lower than on its sheet."""
        parent = self._document
        for container, role in zip(block.containers, frozen.roles, strict=True):
            if container.number not in self._containers:
                self._containers[container.number] = self._element(parent, role, page)
            parent = self._containers[container.number]
        first = self.content_before(page)
        found: dict[int, int] = {}
        for tag in frozen.tags:
            self._hang(tag, parent, page, drop, first, found)
        self._content[page] += [found[place] for place in sorted(found)]

    def _element(self, parent: Element, role: str, page: int) -> Element:
        element = Element(self._shared.new(), role, parent.number, self._pages[page])
        parent.kids.append(element)
        self._elements.append(element)
        return element

    def _hang(
        self, tag: dict[str, Any], parent: Element, page: int, drop: float, first: int, found: dict[int, int]
    ) -> None:
        element = self._element(parent, tag["role"], page)
        element.scope, element.columns = tag["scope"], tag["columns"]
        if tag["box"]:
            left, top, right, bottom = tag["box"]
            box = f"{left:.3f} {top + drop:.3f} {right:.3f} {bottom + drop:.3f}"
            element.attributes = f"/O/Layout/BBox[{box}]"
        if tag["alt"] == MARKER:
            self.alternatives.append(self._shared.new())
            element.extra = b"/Alt %d 0 R" % self.alternatives[-1]
        elif tag["alt"]:
            element.extra = b"/Alt" + text(tag["alt"])
        for kid in tag["kids"]:
            if isinstance(kid, int):
                element.kids.append(b"%d" % (first + kid))
                found[kid] = element.number
            elif kid == "link":
                self.links.append(self._shared.new())
                self._linking.append(element.number)
                element.kids.append(b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (self.links[-1], element.page))
            else:
                self._hang(kid, element, page, drop, first, found)

    def written(self) -> None:
        """Put the tree among the shared objects."""
        for element in self._elements:
            if element.role == "/Table":
                _give_headers(element)
        for element in self._elements:
            self._shared.plain[element.number] = _written(element)
        places = [
            *(
                b"%d[%s]" % (page, b" ".join(b"%d 0 R" % each for each in some))
                for page, some in enumerate(self._content)
            ),
            *(b"%d %d 0 R" % (place, each) for place, each in enumerate(self._linking, len(self._pages))),
        ]
        parents = self._shared.add(b"<</Nums[%s]>>" % b" ".join(places))
        self._shared.plain[self.root] = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (
            self._document.number,
            parents,
        )


def _written(element: Element) -> bytes:
    kids = b" ".join(kid if isinstance(kid, bytes) else b"%d 0 R" % kid.number for kid in element.kids)
    attributes = element.attributes
    if element.role in {"/TH", "/TD"}:
        attributes = "/O/Table"
        attributes += f"/Scope{element.scope}" if element.scope else ""
        attributes += f"/ColSpan {element.columns}" if element.columns != 1 else ""
        attributes += f"/Headers[{' '.join(f'({each})' for each in element.headers)}]" if element.role == "/TD" else ""
    return b"<</Type/StructElem/S%s/P %d 0 R/Pg %d 0 R/K[%s]%s%s>>" % (
        element.role.encode(),
        element.parent,
        element.page,
        kids,
        b"/A<<%s>>" % attributes.encode() if attributes else b"",
        element.extra,
    )


def _give_headers(table: Element) -> None:
    """Name the header cells, and with each cell those that are above and beside it."""
    columns: dict[int, list[str]] = defaultdict(list)
    for line, row in enumerate(_rows(table)):
        beside: list[str] = []
        cells: list[tuple[int, Element]] = []
        place = 0
        for cell in row.kids:
            if isinstance(cell, bytes):
                continue
            cells.append((place, cell))
            if cell.role == "/TH":
                name = f"{table.number}-{line}-{place}"
                cell.extra += f"/ID({name})".encode()
                (beside if cell.scope == "/Row" else columns[place]).append(name)
            place += cell.columns
        for place, cell in cells:
            if cell.role == "/TD":
                above = [name for column in range(place, place + cell.columns) for name in columns[column]]
                cell.headers = [*beside, *above]


def _rows(element: Element) -> Iterator[Element]:
    for kid in element.kids:
        if isinstance(kid, Element):
            if kid.role == "/TR":
                yield kid
            else:
                yield from _rows(kid)
