"""What does the child process do? Print pages in, PDFs out, with bundled files only and limits on what it may use.

It is a process of its own (see pdf_process.py) and knows nothing of the service: no settings, no database, no secrets.
Standard input brings frames of four bytes of length and as many bytes of content: first the set-up as JSON,
then one HTML page after the other. Each is answered on standard output by a frame that begins with `P` (the PDF) or `E`
(what failed). A page that begins with a `*` is not printed but frozen: the answer is JSON of what each of its sheets
draws and how that is tagged, from which app/documents/frozen fills scorecards without the engine.
"""

import base64
import gc
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.etree import ElementTree as ET

from app.documents.frozen.objects import Shared
from app.documents.pdf_drawing import SVG, Drawing

DONE: Final = b"P"
FAILED: Final = b"E"
FREEZE: Final = "*"
Make = Callable[[Any, Any], bytes]
"""What becomes of a document that was laid out and of its objects."""
Write = Callable[[str, Make], bytes]
_LENGTH: Final = struct.Struct(">I")
_SAID_NAMESPACE: Final = "{http://www.w3.org/2000/xmlns/}xmlns"
"""What reading as HTML leaves of the drawing's own namespace; as XML it would be a fault."""
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
_LEVEL: Final = 6
"""How hard pages and fonts are packed."""

_ELEMENTS: Final = frozenset(
    {"html", "head", "meta", "title", "style", "body", "header", "section", "div", "p", "h1", "h2", "h3", "br"}
    | {"span", "strong", "a", "img", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td"}
)
_GROUND: Final = """\
head { display: none }
body, div, h1, h2, h3, header, p, section { display: block }
table { display: table; box-sizing: border-box; text-indent: initial; border-color: gray }
colgroup { display: table-column-group }
col { display: table-column }
thead { display: table-header-group; vertical-align: middle; border-color: inherit }
tbody { display: table-row-group; vertical-align: middle; border-color: inherit }
tr { display: table-row; vertical-align: inherit; border-color: inherit }
td, th { display: table-cell; padding: 1px; vertical-align: inherit; border-color: gray }
h1, h2, h3, strong, th { font-weight: bold }
h1, h2, h3 { bookmark-label: content(text); break-after: avoid; break-inside: avoid; hyphens: manual }
h1 { margin-top: .67em; margin-bottom: .67em; bookmark-level: 1; font-size: 2em }
h2 { margin-top: .83em; margin-bottom: .83em; bookmark-level: 2; font-size: 1.5em }
h3 { margin-top: 1em; margin-bottom: 1em; bookmark-level: 3; font-size: 1.17em }
p { margin-top: 1em; margin-bottom: 1em }
body { margin: 8px }
img { overflow: hidden }
br::before { content: "\\A"; white-space: pre-line }
:link { color: blue; text-decoration: underline }
@page {
  margin: 75px;
  @top-right { text-align: right; vertical-align: middle }
  @bottom-left { text-align: left; vertical-align: middle }
  @bottom-right { text-align: right; vertical-align: middle }
}
"""
"""What the engine's own style sheet says of these elements: it has 250 rules, and six of them make pseudo-elements of
everything, which costs a tenth of the time and more."""


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
    from weasyprint import CSS, HTML  # noqa: PLC0415 - slow, and what it lacks is reported as a fault
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fetcher = _fetcher(set_up["files"])
    read_page = _page_type(fetcher)
    fonts = FontConfiguration()
    houses = {
        name: CSS(string=css, url_fetcher=fetcher, font_config=fonts) for name, css in sorted(set_up["css"].items())
    }

    @lru_cache(maxsize=64)
    def own(css: str) -> CSS:
        return CSS(string=css, url_fetcher=fetcher, font_config=fonts)

    def write(page: str, make: Make) -> bytes:
        root = _read_page(page)
        if root is None:
            root = HTML(string=page, url_fetcher=fetcher).etree_element
        drawn, fetcher.pictures = _take_pictures(root)
        house = houses[root.get("data-style", "scorecard")]
        made = b""

        def finish(document: Any, pdf: Any) -> None:
            nonlocal made
            _complete(pdf)
            made = make(document, pdf)
            pdf.objects.clear()  # nothing is left for the engine to write

        read_page(root).write_pdf(
            stylesheets=[house, *map(own, _take_styles(root))],
            font_config=fonts,
            pdf_variant=_VARIANT,
            uncompressed_pdf=True,
            finisher=finish,
            cache=drawn,
        )
        return made

    write(set_up["warm_up_page"], _file)
    return write


def _fetcher(files: Mapping[str, str]) -> Any:
    """Opens the files of the set-up and the pictures of the page, nothing else on this machine or any other."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class BundledFiles(URLFetcher):  # type: ignore[misc]
        pictures: Mapping[str, bytes] = {}

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url in self.pictures:
                return URLFetcherResponse(url, self.pictures[url], {"Content-Type": "image/svg+xml"})
            if kind := _PICTURE.match(url):
                return URLFetcherResponse(url, base64.b64decode(url[kind.end() :]), {"Content-Type": kind[1]})
            if url not in files:
                raise ValueError(f"not a bundled file: {url[:200]}")
            return URLFetcherResponse(url, Path(files[url]).read_bytes())

    return BundledFiles(allowed_protocols=())


def _page_type(fetcher: Any) -> Any:
    """A page that was read already: it has what the engine's own reading would give it, and no style but ours."""
    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint import CSS, HTML  # noqa: PLC0415

    ground = CSS(string=_GROUND, url_fetcher=fetcher)

    class ReadPage(HTML):  # type: ignore[misc]
        def __init__(self, root: ET.Element) -> None:
            self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: FBT001, FBT002 - as the engine calls it
            known = _ELEMENTS.issuperset(each.tag for each in self.etree_element.iter())
            return [ground] if known else super()._ua_stylesheets(forms)

    return ReadPage


def _answered(write: Write, page: str) -> bytes:
    """The PDF of a page, or what it comes to if it is to be frozen."""
    return write(page[len(FREEZE) :], _frozen) if page.startswith(FREEZE) else write(page, _file)


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


def _take_styles(root: ET.Element) -> list[str]:
    """The styles of the page's own, which the engine would read again for each page."""
    head = root.find("head")
    found = [] if head is None else head.findall("style")
    for each in found:
        head.remove(each)  # type: ignore[union-attr]
    return [each.text or "" for each in found]


def _take_pictures(root: ET.Element) -> tuple[dict[str, object], dict[str, bytes]]:
    """Each drawing by its address, which an image now names in its place: so no style is sought for its every mark.

    Those of plain shapes can draw themselves; of the others the engine reads the source.
    """
    drawn: dict[str, object] = {}
    sources: dict[str, bytes] = {}
    drawings = [
        (parent, place, child)
        for parent in root.iter()
        if not str(parent.tag).startswith(SVG)
        for place, child in enumerate(parent)
        if child.tag == f"{SVG}svg"
    ]
    for number, (parent, place, drawing) in enumerate(drawings):
        address = f"kinerja:picture-{number}"
        words = drawing.findtext(f"{SVG}title", "")
        image = ET.Element("img", {"src": address, "alt": words, "class": drawing.get("class", "")})
        image.tail, drawing.tail = drawing.tail, None
        parent[place] = image
        drawing.attrib.pop(_SAID_NAMESPACE, None)
        try:
            drawn[address] = Drawing(drawing)
        except ValueError:
            sources[address] = ET.tostring(drawing)
    return drawn, sources


def _file(_document: object, pdf: Any) -> bytes:
    """The file, written as filled ones are: the engine would put each object into words once more for its name."""
    from pydyf import Dictionary  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with the engine

    pdf.add_object(pdf.info)
    file = Shared(count=len(pdf.objects) - 1)
    plain: dict[int, bytes] = {}
    for each in pdf.objects[1:]:
        if each.compressible:
            plain[each.number] = each.data
        elif "Filter" in each.extra:
            file.streams[each.number] = (Dictionary(each.extra).data[2:-2], _content(each.data))
        else:
            packed = zlib.compress(_content(each.data), _LEVEL)
            file.streams[each.number] = (Dictionary(each.extra).data[2:-2] + b"/Filter/FlateDecode", packed)
    file.plain[pdf.info.number] = plain.pop(pdf.info.number)
    digest = hashlib.sha256(b"".join([*plain.values(), *(content for _, content in file.streams.values())]))
    name = digest.hexdigest()[:32].encode()
    trailer = b"/Root %s/Info %s/ID[<%s><%s>]" % (pdf.catalog.reference, pdf.info.reference, name, name)
    return file.frozen().completed(plain, {}, trailer)


def _complete(pdf: Any) -> None:
    """Add what PDF/UA and PDF/A want and the engine leaves out.

    These are the scope of header cells, links that are printed, pictures as they are, and the second claim.
    """
    for each in pdf.objects:
        if not isinstance(each, dict):
            continue
        if each.get("S") == "/TH":
            rows = _referred(pdf, _referred(pdf, each["P"])["P"])
            each["A"]["Scope"] = "/Column" if rows["S"] == "/THead" else "/Row"
        elif each.get("Subtype") == "/Link":
            each["F"] = _PRINTED
    for each in pdf.objects:
        properties = getattr(each, "extra", {})
        if properties.get("Subtype") == "/Image":
            properties["Interpolate"] = "false"
        elif properties.get("Type") == "/Metadata":
            each.stream[0] = each.stream[0].replace(b"</rdf:RDF>", _ALSO_UA + b"</rdf:RDF>")


def _referred(pdf: Any, reference: bytes) -> Any:
    """The object that `12 0 R` names."""
    return pdf.objects[int(reference.partition(b" ")[0])]


def _frozen(document: Any, pdf: Any) -> bytes:
    """What each sheet draws, its tags, links and bookmarks, where its named parts lie; and what all sheets share."""
    objects = {each.reference: each for each in pdf.objects}
    sheets: list[Any] = [each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"]
    tags: dict[Any, list[Any]] = {each.reference: [] for each in sheets}
    for reference in objects[objects[pdf.catalog["StructTreeRoot"]]["K"][0]]["K"]:
        tags[objects[reference]["Pg"]].append(_tags(objects[reference], objects))
    resources = objects[sheets[0]["Resources"]]
    (intent,) = pdf.catalog["OutputIntents"]
    found = {
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
    return json.dumps(found).encode()


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
