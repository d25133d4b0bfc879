"""Where are style sheet, scripts and fonts, and under which address that changes when they do?

All files share one address part, made from all their contents: `/static/<digest>/app.css` may be kept for ever, and the
style sheet names its fonts by bare names. Nothing of a package is copied into the repository: htmx and Lato are taken
from where their packages put them, Lato reduced to the letters that are used, once, into the data folder.
"""

import gzip
import hashlib
import importlib.metadata
import importlib.util
import os
import threading
from functools import cache
from pathlib import Path
from typing import Final

from fontTools import subset
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PREFIX: Final = "/static"
_OWN: Final = Path(__file__).parent / "static"
_FACES: Final = {
    "lato-400.woff2": "Lato-Regular.ttf",
    "lato-600.woff2": "Lato-SemiBold.ttf",
    "lato-700.woff2": "Lato-Bold.ttf",
}
_FEATURES: Final = ["kern", "lnum", "tnum", "mark", "mkmk", "ccmp", "locl"]
# Latin with everything that Indonesian and its neighbours write, punctuation, currency, arrows and mathematical signs
_LETTERS: Final = (
    "0020-007E,00A0-017F,0218-021B,02C6,02DC,1E80-1E85,2010-2026,2030,2032-203A,2044,20AC,2122,2190-2193,2212,2215,2260,"
    "2264,2265"
)
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_making: Final = threading.Lock()


def _package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"the package {name} is not installed")
    return Path(found.origin).parent


@cache
def files() -> dict[str, Path]:
    """Every file that is served, by its name; fonts by the face that they are made from."""
    own = {path.name: path for path in sorted(_OWN.iterdir()) if path.suffix in _TYPES}
    faces = {name: _package_folder("fontpkg_lato") / "files" / face for name, face in _FACES.items()}
    return {**own, "htmx.js": _package_folder("js_lib_htmx") / "static" / "htmx" / "htmx.min.js", **faces}


@cache
def digest() -> str:
    """A short name of all contents together."""
    sum_ = hashlib.sha256(importlib.metadata.version("fontpkg-lato").encode() + _LETTERS.encode())
    for name, path in files().items():
        sum_.update(name.encode())
        if path.suffix != ".ttf":
            sum_.update(path.read_bytes())
    return sum_.hexdigest()[:12]


def url(name: str) -> str:
    """The address of a file; a name that is not served is a mistake of the template."""
    if name not in files():
        raise KeyError(name)
    return f"{PREFIX}/{digest()}/{name}"


class StaticFiles:
    """Serves the files by their names alone, so that no path can lead elsewhere."""

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._contents: dict[str, tuple[bytes, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file; one under an outdated address may not be kept."""
        _, _, rest = scope["path"].partition(f"{PREFIX}/")
        version, _, name = rest.partition("/")
        if name not in files() or scope["method"] not in {"GET", "HEAD"}:
            await Response(status_code=404)(scope, receive, send)
            return
        plain, compressed = await run_in_threadpool(self._content, name)
        headers = {
            "Cache-Control": _FOR_EVER if version == digest() else "no-cache",
            "Vary": "Accept-Encoding",
        }
        content = plain
        if compressed and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            content, headers["Content-Encoding"] = compressed, "gzip"
        media_type = _TYPES[Path(name).suffix]
        await Response(content, headers=headers, media_type=media_type)(scope, receive, send)

    def _content(self, name: str) -> tuple[bytes, bytes]:
        """The bytes of a file, and the same compressed where that makes them fewer."""
        if name not in self._contents:
            path = files()[name]
            if path.suffix == ".ttf":
                self._contents[name] = (reduced_font(path, self._cache_dir), b"")
            else:
                plain = path.read_bytes()
                self._contents[name] = (plain, gzip.compress(plain, 9))
        return self._contents[name]


def reduced_font(face: Path, cache_dir: Path) -> bytes:
    """The face with the letters that are used alone, as WOFF2; made once (a second) and kept in the cache folder."""
    made = cache_dir / f"{face.stem.lower()}-{digest()}.woff2"
    with _making:
        if not made.exists():
            cache_dir.mkdir(parents=True, exist_ok=True)
            options = subset.Options(flavor="woff2", layout_features=_FEATURES)
            unfinished = made.with_suffix(f".{os.getpid()}")
            with subset.load_font(str(face), options) as font:
                subsetter = subset.Subsetter(options)
                subsetter.populate(unicodes=subset.parse_unicodes(_LETTERS))
                subsetter.subset(font)
                subset.save_font(font, str(unfinished), options)
            unfinished.replace(made)  # another process may have made the same meanwhile
    return made.read_bytes()
