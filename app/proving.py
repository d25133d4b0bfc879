"""What does `kinerja verify` find: of a PDF, of a ZIP of many, of everything that was published?"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from app import sealing, signing
from app.database import Sessions, transaction
from app.documents.manifest import check_release
from app.documents.seals import FoundSeal, seals_in
from app.services import verification
from app.settings import Settings

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of it: as lines for people, and as facts for programs."""

    is_good: bool
    lines: Sequence[str]
    facts: Mapping[str, Any]


def is_zip(file: Path) -> bool:
    """Whether a file is a ZIP rather than a PDF."""
    with file.open("rb") as opened:
        return is_zipfile(opened)


def find_everything(sessions: Sessions, progress: Progress) -> Finding:
    """Whether every published scorecard still computes to what was published."""
    with transaction(sessions, writes=False) as session:
        count = verification.count_published(session)
        with progress("Checking", count) as step:
            faults = []
            for check in verification.check_all(session):
                step()
                if check.fault:
                    faults.append({"number": check.number, "version": check.version, "fault": check.fault})
    lines = [f"{fault['number']}, version {fault['version']}: {fault['fault']}" for fault in faults]
    good = f"{count} published scorecards checked, all as they were published"
    return Finding(not faults, lines or [good], {"checked": count, "faults": faults})


def find_pdf(sessions: Sessions, file: Path) -> Finding:
    """Whether a PDF is one that was issued here, unchanged, and whether it still holds; whose seals it bears."""
    content = file.read_bytes()
    seals, sealing_lines = _seals(content)
    with transaction(sessions, writes=False) as session:
        found = verification.find_pdf(session, content)
        if found is None:
            lines = [f"kinerja: {file} is not a PDF that was issued here, or it was changed", *sealing_lines]
            return Finding(is_good=False, lines=lines, facts={"issued": False, "seals": seals})
        facts = verification.facts_of(session, found)
    standing = str(facts["standing"]).replace("_", " ")
    lines = [
        "issued here: {number}, version {version}, total {total}, grade {grade}".format(**facts),
        f"check value {facts['check_value']}, {standing}",
        *sealing_lines,
    ]
    return Finding(is_good=True, lines=lines, facts={"issued": True, **facts, "seals": seals})


def _seals(content: bytes) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """The seals of a PDF as facts, none where nobody here can read them, and in words."""
    try:
        found = seals_in(content)
    except sealing.SealUnusable as unusable:
        return None, [f"seal: {unusable}"]
    lines = [f"sealed by {seal.by}: {_verdict(seal)}; certificate {seal.fingerprint[:32].upper()}" for seal in found]
    return [asdict(seal) for seal in found], lines or ["no seal"]


def _verdict(seal: FoundSeal) -> str:
    if not seal.holds:
        return "DOES NOT HOLD, what it covers was changed"
    return "holds for the whole file" if seal.covers_all else "holds, but something was ADDED to the file afterwards"


def find_zip(settings: Settings, file: Path, key_file: Path | None) -> Finding:
    """Whether a ZIP holds what was released, by the key that was given or the one of this service; no database."""
    if key_file is None and not signing.has_key(settings):
        raise signing.KeyUnusable("there is no signing key here: give the organisation's public key with --key")
    key = key_file.read_text("utf-8", "replace") if key_file else signing.public_key(settings)
    release = check_release(file, key)
    facts = {
        "signed_by": signing.fingerprint(key),
        **release.about,
        "files": release.count,
        "faults": list(release.faults),
    }
    if release.faults:
        return Finding(is_good=False, lines=[f"{file}: {fault}" for fault in release.faults], facts=facts)
    lines = [
        f"{release.count} files, all as they were released, none missing",
        "{organisation}, {period}, made {made_at}".format(**release.about),
        f"signed by {facts['signed_by']}",
    ]
    return Finding(is_good=True, lines=lines, facts=facts)
