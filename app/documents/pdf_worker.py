"""What does the child process do? Print pages in, PDFs out, with bundled files only and limits on what it may use.

It is started as a script of its own (see pdf_process.py) and knows nothing of the service: no settings, no database, no
secrets. Standard input brings frames of four bytes of length and as many bytes of content: first the set-up as JSON,
then one HTML page after the other. Each is answered on standard output by a frame that begins with `P` (the PDF) or `E`
(what failed). A page that begins with a `*` is not printed but frozen: the answer is JSON of what each of its sheets
draws and how that is tagged, from which app/documents/frozen fills scorecards without the engine.
"""

import base64
import gc
import json
import os
import re
import resource
import shutil
import signal
import struct
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.etree import ElementTree as ET

DONE: Final = b"P"
FAILED: Final = b"E"
FREEZE: Final = "*"
Write = Callable[..., bytes]
"""Makes the PDF of a page, given who has the last look at its objects."""
_LENGTH: Final = struct.Struct(">I")
_SVG: Final = "{http://www.w3.org/2000/svg}"
_PICTURE: Final = re.compile(r"data:(image/(?:png|jpeg));base64,")
"""How the page holds a picture that the service has written itself."""
_BROKEN_TAG: Final = re.compile(r"<[^<>]*[\n\t][^<>]*>")
_REFERENCE: Final = re.compile(rb"\d+ 0 R")
_VARIANT: Final = "pdf/a-2a"
_ALSO_UA: Final = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""That the file is PDF/UA-1, too, in the words that PDF/A asks of a claim it does not know itself (ADR 0021)."""
_PRINTED: Final = 4
"""The flag of an annotation that appears on paper, too."""


def main() -> None:
    """Answer pages until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the service, which then closes our input
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between the frames
    pages = sys.stdin.buffer
    set_up = json.loads(_read_frame(pages) or b"{}")
    try:
        write = _converter(set_up)
    except Exception as fault:  # noqa: BLE001 - whatever keeps the engine from starting is told to the service
        _write_frame(answers, FAILED + _reason(fault))
        return
    _write_frame(answers, DONE)
    _limit(set_up["memory_bytes"])
    gc.freeze()
    gc.disable()  # a page is a big heap for half a second; what it leaves is collected while nobody waits
    while (page := _read_frame(pages)) is not None:
        try:
            answer = DONE + _answered(write, page.decode())
        except Exception as fault:  # noqa: BLE001 - one bad page must not end the process
            answer = FAILED + _reason(fault)
        _write_frame(answers, answer)
        gc.collect()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)  # the service ended without a chance to do it itself


def _converter(set_up: Mapping[str, Any]) -> Write:
    """The engine with fonts read and style sheets parsed, once for all pages; a page names its own."""
    warnings.simplefilter("ignore")  # the engine misses system fonts, which it is not meant to have
    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint import CSS, HTML  # noqa: PLC0415 - slow, and what it lacks is reported as a fault
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    files: Mapping[str, str] = set_up["files"]

    class BundledFiles(URLFetcher):  # type: ignore[misc]
        """Opens the files of the set-up and the pictures of the page, nothing else on this machine or any other."""

        pictures: Mapping[str, bytes] = {}

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url in self.pictures:
                return URLFetcherResponse(url, self.pictures[url], {"Content-Type": "image/svg+xml"})
            if kind := _PICTURE.match(url):
                return URLFetcherResponse(url, base64.b64decode(url[kind.end() :]), {"Content-Type": kind[1]})
            if url not in files:
                raise ValueError(f"not a bundled file: {url[:200]}")
            return URLFetcherResponse(url, Path(files[url]).read_bytes())

    class ReadPage(HTML):  # type: ignore[misc]
        """A page that was read already: it has what the engine's own reading would give it."""

        def __init__(self, root: ET.Element) -> None:
            self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

    fetcher = BundledFiles(allowed_protocols=())
    fonts = FontConfiguration()
    styles = {
        name: CSS(string=css, url_fetcher=fetcher, font_config=fonts) for name, css in sorted(set_up["css"].items())
    }

    def write(page: str, finisher: Any, **options: Any) -> bytes:
        root = _read_page(page)
        fetcher.pictures = {} if root is None else _take_pictures(root)
        document = HTML(string=page, url_fetcher=fetcher) if root is None else ReadPage(root)
        style = styles[document.etree_element.get("data-style", "scorecard")]
        pdf: bytes = document.write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant=_VARIANT, finisher=finisher, **options
        )
        return pdf

    write(set_up["warm_up_page"], _complete)
    return write


def _answered(write: Write, page: str) -> bytes:
    """The PDF of a page, or what it comes to if it is to be frozen."""
    if not page.startswith(FREEZE):
        return write(page, _complete)
    found: dict[str, Any] = {}

    def look(document: Any, pdf: Any) -> None:
        _complete(document, pdf)
        found.update(_frozen(document, pdf))

    write(page[len(FREEZE) :], look, uncompressed_pdf=True)
    return json.dumps(found).encode()


def _read_page(page: str) -> ET.Element | None:
    """The page as XML, which is read much faster; none if its texts hold signs that XML forbids."""
    lines = page.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return ET.fromstring(_BROKEN_TAG.sub(_keep_breaks, lines))  # noqa: S314 - our own template, within limits
    except ET.ParseError:
        return None


def _keep_breaks(tag: re.Match[str]) -> str:
    """The tag with the line breaks and tabs of its attributes, which XML would read as blanks."""
    return tag[0].replace("\n", "&#10;").replace("\t", "&#9;")


def _take_pictures(root: ET.Element) -> dict[str, bytes]:
    """Each drawing by its address, which an image now names in its place: so no style is sought for its every mark."""
    pictures: dict[str, bytes] = {}
    drawings = [
        (parent, place, child)
        for parent in root.iter()
        if not parent.tag.startswith(_SVG)
        for place, child in enumerate(parent)
        if child.tag == f"{_SVG}svg"
    ]
    for parent, place, drawing in drawings:
        address = f"kinerja:picture-{len(pictures)}"
        words = drawing.findtext(f"{_SVG}title", "")
        image = ET.Element("img", {"src": address, "alt": words, "class": drawing.get("class", "")})
        image.tail, drawing.tail = drawing.tail, None
        parent[place] = image
        pictures[address] = ET.tostring(drawing)
    return pictures


def _complete(_document: object, pdf: Any) -> None:
    """Add what PDF/UA and PDF/A want and the engine leaves out.

    These are the scope of header cells, links that are printed, pictures as they are, and the second claim.
    """
    dictionaries: list[Any] = [each for each in pdf.objects if isinstance(each, dict)]
    by_reference = {each.reference: each for each in dictionaries}
    for each in dictionaries:
        if each.get("S") == "/TH":
            rows = by_reference[by_reference[each["P"]]["P"]]
            each["A"]["Scope"] = "/Column" if rows["S"] == "/THead" else "/Row"
        elif each.get("Subtype") == "/Link":
            each["F"] = _PRINTED
    for each in pdf.objects:
        properties = getattr(each, "extra", {})
        if properties.get("Subtype") == "/Image":
            properties["Interpolate"] = "false"
        elif properties.get("Type") == "/Metadata":
            each.stream[0] = each.stream[0].replace(b"</rdf:RDF>", _ALSO_UA + b"</rdf:RDF>")


def _frozen(document: Any, pdf: Any) -> dict[str, Any]:
    """What each sheet draws, its tags, links and bookmarks, where its named parts lie; and what all sheets share."""
    objects = {each.reference: each for each in pdf.objects}
    sheets: list[Any] = [each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"]
    tags: dict[Any, list[Any]] = {each.reference: [] for each in sheets}
    for reference in objects[objects[pdf.catalog["StructTreeRoot"]]["K"][0]]["K"]:
        tags[objects[reference]["Pg"]].append(_tags(objects[reference], objects))
    resources = objects[sheets[0]["Resources"]]
    (intent,) = pdf.catalog["OutputIntents"]
    return {
        "sheets": [
            {
                "drawn": _content(objects[sheet["Contents"]].data).decode("latin-1"),
                "tags": tags[sheet.reference],
                "parts": {name: list(area) for name, area in page.anchors.items()},
                "links": [[target, list(area)] for kind, target, area, _ in page.links if kind == "external"],
                "bookmarks": [[level, label, place[1]] for level, label, place, _ in page.bookmarks],
            }
            for sheet, page in zip(sheets, document.pages, strict=True)
        ],
        "fonts": {name: _closed(font, objects) for name, font in objects[resources["Font"]].items()},
        "pictures": {name: _closed(picture, objects) for name, picture in resources["XObject"].items()},
        "metadata": _content(objects[pdf.catalog["Metadata"]].data).decode(),
        "intent": _REFERENCE.sub(b"{0}", intent.data).decode(),
        "profile": _closed(intent["DestOutputProfile"], objects),
    }


def _content(stream: bytes) -> bytes:
    """What a stream holds."""
    return stream.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]


def _tags(element: Any, objects: Mapping[Any, Any]) -> dict[str, Any]:
    """An element of the structure tree with those below it; a number is marked content, `link` an annotation."""
    attributes = element.get("A", {})
    kids: list[Any] = []
    for kid in element["K"]:
        if isinstance(kid, int):
            kids.append(kid)
        else:
            kids.append("link" if objects[kid].get("Type") == "/OBJR" else _tags(objects[kid], objects))
    return {
        "role": element["S"],
        "kids": kids,
        "alt": element["Alt"].string if "Alt" in element else None,
        "box": list(attributes.get("BBox", ())),
        "scope": attributes.get("Scope"),
        "columns": attributes.get("ColSpan", 1),
    }


def _closed(reference: Any, objects: Mapping[Any, Any]) -> list[str]:
    """An object and all that it refers to, written with their places in this list in braces."""
    found = [reference]
    written: list[str] = []
    for each in found:  # it grows while we look
        head, mark, rest = objects[each].data.partition(b"stream\n")
        for name in _REFERENCE.findall(head):
            if name not in found:
                found.append(name)
        numbered = _REFERENCE.sub(lambda name: b"{%d}" % found.index(name[0]), head)
        written.append((numbered + mark + rest).decode("latin-1"))
    return written


def _limit(memory_bytes: int) -> None:
    """Bound what one page can cost; the service itself bounds the time."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _reason(fault: Exception) -> bytes:
    return f"{type(fault).__name__}: {fault}"[:500].encode("utf-8", "replace")


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    return stream.read(length)


def _write_frame(stream: BinaryIO, content: bytes) -> None:
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


if __name__ == "__main__":
    main()
