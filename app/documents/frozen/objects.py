"""How are PDF objects written down: those that many files share, and those of one file?"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LEVEL: Final = 2
"""How hard the parts of one file are packed."""
_ROW: Final = struct.Struct(">BIH")
_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_FREE: Final = _ROW.pack(0, 0, 65535)


def text(value: str) -> bytes:
    """A text for readers, in UTF-16."""
    return b"<feff%s>" % value.encode("utf-16-be", "replace").hex().encode()


@dataclass(slots=True)
class Shared:
    """The objects that do not differ from card to card, and the numbers kept for those that do."""

    count: int = 0
    plain: dict[int, bytes] = field(default_factory=dict)
    streams: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """The entries of the dictionary without its length, and the packed content."""

    def new(self) -> int:
        """The next number."""
        self.count += 1
        return self.count

    def add(self, content: bytes) -> int:
        """An object that is no stream."""
        number = self.new()
        self.plain[number] = content
        return number

    def add_stream(self, entries: bytes, content: bytes) -> int:
        """A stream, which is packed."""
        number = self.new()
        self.streams[number] = (entries + b"/Filter/FlateDecode", zlib.compress(content, 9))
        return number

    def frozen(self) -> "Frozen":
        """The beginning of each file."""
        written = bytearray(_HEAD)
        packed, table = self.new(), self.new()
        rows = bytearray(_FREE * (table + 1))
        for number, (entries, content) in self.streams.items():
            _ROW.pack_into(rows, number * _ROW.size, 1, len(written), 0)
            written += _stream(number, entries, content)
        _pack(written, rows, packed, self.plain, 9)
        return Frozen(bytes(written), bytes(rows), table)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The beginning of a file with the rows of its table."""

    written: bytes
    rows: bytes
    table: int

    def completed(
        self,
        plain: Mapping[int, bytes],
        streams: Mapping[int, tuple[bytes, bytes]],
        trailer: bytes,
    ) -> bytes:
        """A whole file, with the objects of its own."""
        written, rows = bytearray(self.written), bytearray(self.rows)
        for number, (entries, content) in streams.items():
            _ROW.pack_into(rows, number * _ROW.size, 1, len(written), 0)
            written += _stream(number, entries, content)
        packed = self.table + 1
        rows += _FREE
        _pack(written, rows, packed, plain, LEVEL)
        place = len(written)
        _ROW.pack_into(rows, self.table * _ROW.size, 1, place, 0)
        entries = b"/Type/XRef/W[1 4 2]/Size %d%s/Filter/FlateDecode" % (packed + 1, trailer)
        written += _stream(self.table, entries, zlib.compress(rows, LEVEL))
        written += b"startxref\n%d\n%%%%EOF\n" % place
        return bytes(written)


def _stream(number: int, entries: bytes, content: bytes) -> bytes:
    return b"%d 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, entries, len(content), content)


def _pack(written: bytearray, rows: bytearray, number: int, plain: Mapping[int, bytes], level: int) -> None:
    """Add objects as one packed stream with the number given."""
    index: list[bytes] = []
    place = 0
    for position, (each, content) in enumerate(plain.items()):
        index.append(b"%d %d" % (each, place))
        place += len(content) + 1
        _ROW.pack_into(rows, each * _ROW.size, 2, number, position)
    head = b" ".join(index) + b"\n"
    body = zlib.compress(head + b"\n".join(plain.values()), level)
    _ROW.pack_into(rows, number * _ROW.size, 1, len(written), 0)
    entries = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(plain), len(head))
    written += _stream(number, entries, body)
