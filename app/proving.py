"""What does `kinerja verify` find: of a PDF, of a release of many, of everything that was published?"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app import sealing, signing
from app.database import Sessions, transaction
from app.documents.locked_pdf import is_locked
from app.documents.manifest import check_release
from app.documents.seals import FoundSeal, seals_in
from app.services import verification
from app.services.organisation import settings_of
from app.settings import Settings

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of it: as lines for people, and as facts for programs."""

    is_good: bool
    lines: Sequence[str]
    facts: Mapping[str, Any]


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
    """Whether a PDF was issued or sealed here and is unchanged, whether it still holds, and whose seals it bears."""
    content = file.read_bytes()
    if is_locked(content):
        return _locked(file)
    with transaction(sessions, writes=False) as session:
        own = sealing.seal_of(settings_of(session))
        found = verification.find_pdf(session, content)
        card = {} if found is None else verification.facts_of(session, found)
    seals, about_seals = _seals(content)
    is_ours = own is not None and any(seal.is_good and seal.fingerprint == own.fingerprint for seal in seals)
    if card:
        lines = [
            "issued here: {number}, version {version}, total {total}, grade {grade}".format(**card),
            f"check value {card['check_value']}, {str(card['standing']).replace('_', ' ')}",
        ]
    elif is_ours:
        lines = ["sealed here, and no scorecard on record"]
    else:
        lines = [f"kinerja: {file} is not a PDF that was issued here, or it was changed"]
    facts = {
        "issued": bool(card),
        **card,
        "locked": False,
        "sealed": is_ours,
        "seals": [asdict(seal) for seal in seals],
    }
    return Finding(bool(card) or is_ours, [*lines, *about_seals], facts)


def _locked(file: Path) -> Finding:
    lines = [
        f"kinerja: {file} is locked with a password; a locked copy is made for sending on and is not on record",
        "ask for the unlocked original, or look up the verification code that is printed on the copy at /verify",
    ]
    return Finding(is_good=False, lines=lines, facts={"issued": False, "locked": True, "sealed": False, "seals": []})


def _seals(content: bytes) -> tuple[Sequence[FoundSeal], list[str]]:
    """The seals of a PDF, and a line about each."""
    try:
        seals = seals_in(content)
    except sealing.SealUnusable as unusable:
        return [], [f"not looked at: {unusable}"]
    lines = [f"sealed by {seal.by}: {_verdict(seal)}; certificate {seal.fingerprint[:32].upper()}" for seal in seals]
    return seals, lines or ["no seal found"]


def _verdict(seal: FoundSeal) -> str:
    if seal.is_good:
        return "holds for the whole file"
    if seal.holds:
        return "holds, but something was ADDED to the file afterwards"
    return "DOES NOT HOLD, the file was changed"


def find_release(settings: Settings, file: Path, key_file: Path | None) -> Finding:
    """Whether a ZIP or a folder holds what was released, by the key given or that of this service; no database."""
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
    whole = release.about.get("period") or release.about["cycle"]
    lines = [
        f"{release.count} files, all as they were released, none missing",
        "{organisation}, {whole}, made {made_at}".format(**release.about, whole=whole),
        f"signed by {facts['signed_by']}",
    ]
    return Finding(is_good=True, lines=lines, facts=facts)
