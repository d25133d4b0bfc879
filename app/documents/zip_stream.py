"""How is a ZIP written that is sent while it is made? File by file, each with its length and checksum before it."""

import io
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_ORDINARY_FILE: Final = 0o600 << 16


class ZipStream:
    """A ZIP of any size (ZIP64 where it needs it) of which only the file in hand is in memory."""

    def __init__(self, made_at: tuple[int, int, int, int, int, int]) -> None:
        self._made_at = made_at
        self._unsent = _Unsent()
        self._zip = ZipFile(self._unsent, "w", ZIP_STORED)

    def add(self, name: str, content: bytes) -> bytes:
        """Put in a file; what is to be sent now."""
        info = ZipInfo(name, self._made_at)
        info.external_attr = _ORDINARY_FILE
        self._zip.writestr(info, content)
        return self._unsent.take()

    def end(self) -> bytes:
        """The list of the files, with which a ZIP ends."""
        self._zip.close()
        return self._unsent.take()


class _Unsent(io.BytesIO):
    """What was written and not yet taken, at its place in the whole: the writer may go back as far as that.

    So the length stands before each file, and also programs that read a ZIP from its beginning can open it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sent = 0

    def tell(self) -> int:
        return self._sent + super().tell()

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("places are counted from the beginning")
        return self._sent + super().seek(place - self._sent)

    def take(self) -> bytes:
        content = self.getvalue()
        self._sent += len(content)
        super().seek(0)
        self.truncate()
        return content
