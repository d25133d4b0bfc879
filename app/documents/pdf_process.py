"""How does HTML become a PDF without endangering the service? In warm child processes with limits."""

import atexit
import contextlib
import json
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from app.documents.fonts import font_faces, write_faces
from app.templating import templates_dir

MEMORY_BYTES: Final = 2_000_000_000
SECONDS_TO_START: Final = 60.0
SECONDS_FOR_A_PAGE: Final = 20.0
LARGEST_PAGE: Final = 10_000_000

_START: Final = "import sys; sys.path.insert(0, sys.argv[1]); from app.documents.pdf_worker import main; main()"
_HOME: Final = str(Path(__file__).parents[2])
"""Where the child finds the few modules that it needs."""
_LENGTH: Final = struct.Struct(">I")
_CHUNK: Final = 65_536
FREEZE: Final = b"*"
_NO_SYSTEM_FONTS: Final = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
_WARM_UP_PAGE: Final = (
    "<html lang=en><title>-</title><h1>0</h1><p>0 <b>0</b> <b style='font-weight:600'>0</b></p></html>"
)


class RenderFailed(Exception):
    """The PDF was not made: `timed_out`, `too_large`, `failed`, `ended` or `unavailable`; `reason` is the engine's."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason}" if reason else code)
        self.code = code
        self.reason = reason


class _Ended(Exception):
    """The child closed its end of a pipe."""


@dataclass(slots=True)
class _Child:
    """The child process with the folder for its temporary files."""

    process: subprocess.Popen[bytes]
    folder: str

    @classmethod
    def start(cls, niceness: int) -> "_Child":
        """Start the engine and wait until it is warm."""
        folder = tempfile.mkdtemp(prefix="kinerja-pdf-")
        fonts_conf = Path(folder, "fonts.conf")
        fonts_conf.write_text(_NO_SYSTEM_FONTS, encoding="utf-8")
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-c", _START, _HOME],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"FONTCONFIG_FILE": str(fonts_conf), "TMPDIR": folder, "LC_ALL": "C.UTF-8"},
            cwd=folder,
            bufsize=0,
        )
        if niceness:
            own = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, min(own + niceness, 19))
        child = cls(process, folder)
        for pipe in (process.stdin, process.stdout):
            os.set_blocking(_number(pipe), False)
        try:
            child.ask(json.dumps(_set_up(Path(folder))).encode(), SECONDS_TO_START, code_of_refusal="unavailable")
        except RenderFailed:
            child.end()
            raise
        return child

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def ask(self, content: bytes, seconds: float, code_of_refusal: str = "failed") -> bytes:
        """Send a frame and wait for its answer; whatever goes wrong but a refusal ends the child."""
        deadline = time.monotonic() + seconds
        try:
            self._send(_LENGTH.pack(len(content)) + content, deadline)
            (length,) = _LENGTH.unpack(self._receive(_LENGTH.size, deadline))
            answer = self._receive(length, deadline)
        except TimeoutError:
            self.end()
            raise RenderFailed("timed_out", f"{seconds:.0f} s") from None
        except (_Ended, OSError):
            self.end()
            raise RenderFailed("ended") from None
        if answer[:1] != b"P":
            raise RenderFailed(code_of_refusal, answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    def end(self) -> None:
        """Make sure that the process and its files are gone."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, content: bytes, deadline: float) -> None:
        pipe = _number(self.process.stdin)
        rest = memoryview(content)
        while rest:
            _wait(pipe, select.POLLOUT, deadline)
            rest = rest[os.write(pipe, rest[:_CHUNK]) :]

    def _receive(self, length: int, deadline: float) -> bytes:
        pipe = _number(self.process.stdout)
        received = bytearray()
        while len(received) < length:
            _wait(pipe, select.POLLIN, deadline)
            part = os.read(pipe, min(length - len(received), _CHUNK))
            if not part:
                raise _Ended
            received += part
        return bytes(received)


class _Engine:
    """A child for a line of pages: started when it is first needed, started anew when it has ended."""

    def __init__(self, *, niceness: int = 0) -> None:
        self.niceness = niceness
        self.forget()

    def forget(self) -> None:
        """After a fork the child belongs to the parent alone: two cannot talk through one pipe."""
        self.child: _Child | None = None
        self.lock = Lock()

    def warm_up(self) -> None:
        """See that the child is there."""
        with self.lock:
            self._running_child()

    def ask(self, content: bytes) -> bytes:
        """The PDF of a page, after those that were asked for before."""
        with self.lock:
            return self._running_child().ask(content, SECONDS_FOR_A_PAGE)

    def close(self) -> None:
        """End the child."""
        with self.lock:
            if self.child is not None:
                self.child.end()
                self.child = None

    def _running_child(self) -> _Child:
        if self.child is not None and not self.child.is_running:
            self.child.end()
            self.child = None
        if self.child is None:
            self.child = _Child.start(self.niceness)
        return self.child


_for_one: Final = _Engine()
"""For a person who waits for one page."""
_for_many: Final = _Engine(niceness=10)
"""For batches: a person who waits for one page stands in no line with them, and has the processor first."""


def warm_up() -> None:
    """Start the child now, so that the first reader does not wait for it."""
    _for_one.warm_up()


def render_pdf(page: str, *, in_batch: bool = False) -> bytes:
    """The PDF of a print page; pages of several threads are made one after the other, batches aside."""
    content = page.encode("utf-8", "replace")  # half a surrogate pair cannot be written, and must not stop a scorecard
    if len(content) > LARGEST_PAGE:
        raise RenderFailed("too_large")
    return (_for_many if in_batch else _for_one).ask(content)


def freeze(page: str, *, in_batch: bool = False) -> bytes:
    """What the engine makes of a page, as JSON (see pdf_worker.py): for filling, never for a reader."""
    return (_for_many if in_batch else _for_one).ask(FREEZE + page.encode("utf-8", "replace"))


def close() -> None:
    """End the children, at the latest when the service ends."""
    _for_one.close()
    _for_many.close()


def _forget() -> None:
    _for_one.forget()
    _for_many.forget()


def _set_up(folder: Path) -> dict[str, object]:
    """What the child needs to know before the first page."""
    sheets = (templates_dir() / "pdf").glob("*.css")
    return {
        "css": {each.stem: font_faces() + each.read_text(encoding="utf-8") for each in sheets},
        "files": {address: str(path) for address, path in write_faces(folder).items()},
        "memory_bytes": MEMORY_BYTES,
        "warm_up_page": _WARM_UP_PAGE,
    }


def _wait(pipe: int, event: int, deadline: float) -> None:
    """Wait until the pipe can be used, to the deadline and no longer."""
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
        raise TimeoutError


def _number(pipe: object) -> int:
    number: int = pipe.fileno()  # type: ignore[attr-defined]
    return number


atexit.register(close)
os.register_at_fork(after_in_child=_forget)
