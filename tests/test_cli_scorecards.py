"""Do the commands about published scorecards do what they say, twice over and on damaged data?"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from app import schema
from app.cli import app
from app.database import Sessions, make_engine, make_sessions, transaction
from app.documents.locked_pdf import locked
from app.documents.scorecard_pdf import scorecard_pdf
from app.documents.seals import sealed
from app.models import AuditEntry, IssuedPdf, PublishedScorecard
from app.rules.vocabulary import Language
from app.sealing import usable_seal
from app.services.appraisals import publish
from app.services.plan_drafts import kpis_of
from app.settings import load_settings
from tests import samples
from tests.broken import break_card
from tests.cards import give_plan, make_example
from tests.cast import actor_of, make_cast
from tests.sealings import PASSPHRASE, rsa_key, write_pkcs12

pytestmark = pytest.mark.slow


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    """A database in a file of its own, as a command finds it."""
    monkeypatch.setenv("KINERJA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("KINERJA_DATABASE_URL", raising=False)
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'kinerja.sqlite3'}")
    schema.upgrade(engine)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def sessions(database: Sessions) -> Sessions:
    """The same, with eli's January published."""
    with transaction(database) as session:
        publish_january(session)
    return database


def publish_january(session: Session) -> None:
    example = make_example(session, make_cast(session))
    example.record_january(session)
    january = example.period("2026-01").id
    publish(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=january)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("sessions")
def test_a_pdf_is_written_and_known_again(tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    assert said(run("pdf", "--employee", "4", "--cycle", "2026", "--out", out)) == (0, "", "")
    assert out.read_bytes().startswith(b"%PDF-")
    assert said(run("verify", out)) == (
        0,
        (
            "issued here: KSK/2026-01/4, version 1, total 81.37, grade needs_improvement\n"
            "check value 1B6B 8057 ABD3 D5DF, in force\n"
            "no seal found\n"
        ),
        "",
    )
    facts = json.loads(run("verify", out, "--json").stdout)
    assert (facts["issued"], facts["employee"], facts["period"], facts["total"]) == (True, "4", "2026-01", "81.37")
    content = bytearray(out.read_bytes())
    content[-20] ^= 1
    out.write_bytes(content)
    assert said(run("verify", out)) == (
        1,
        "",
        f"kinerja: {out} is not a PDF that was issued here, or it was changed\nno seal found\n",
    )
    assert json.loads(run("verify", out, "--json").stdout) == {
        "issued": False,
        "locked": False,
        "sealed": False,
        "seals": [],
    }


@pytest.mark.usefixtures("sessions")
def test_a_locked_copy_is_told_from_a_changed_file(tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    run("pdf", "--employee", "4", "--cycle", "2026", "--out", out)
    out.write_bytes(locked(out.read_bytes(), "kuda hijau tujuh"))
    assert said(run("verify", out)) == (
        1,
        "",
        (
            f"kinerja: {out} is locked with a password; a locked copy is made for sending on and is not on record\n"
            "ask for the unlocked original, or look up the verification code that is printed on the copy at /verify\n"
        ),
    )
    assert json.loads(run("verify", out, "--json").stdout) == {
        "issued": False,
        "locked": True,
        "sealed": False,
        "seals": [],
    }


@pytest.mark.usefixtures("sessions")
def test_a_seal_is_told_with_who_set_it_and_whether_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINERJA_SEAL_PKCS12", str(write_pkcs12(tmp_path / "seal.p12")))
    monkeypatch.setenv("KINERJA_SEAL_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "card.pdf"
    assert said(run("pdf", "--employee", "4", "--cycle", "2026", "--out", out)) == (0, "", "")
    (seal,) = json.loads(run("verify", out, "--json").stdout)["seals"]
    assert (seal["by"], seal["holds"], seal["covers_all"]) == ("Common Name: PT Contoh", True, True)
    told = f"sealed by Common Name: PT Contoh: {{}}; certificate {seal['fingerprint'][:32].upper()}"
    good, content = run("verify", out), out.read_bytes()
    assert (good.exit_code, good.stdout.splitlines()[2:]) == (0, [told.format("holds for the whole file")])
    changed = (content[:5_000] + b"?" + content[5_001:], "DOES NOT HOLD, the file was changed")
    added = (content + b"%\n", "holds, but something was ADDED to the file afterwards")
    for other, verdict in (changed, added):
        out.write_bytes(other)
        refused = run("verify", out)
        assert (refused.exit_code, refused.stderr.splitlines()[1:]) == (1, [told.format(verdict)])


@pytest.mark.usefixtures("sessions")
def test_a_paper_that_is_no_scorecard_is_known_by_our_own_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, own, other = tmp_path / "paper.pdf", tmp_path / "own.p12", tmp_path / "other.p12"
    for path, number in ((own, 0), (other, 1)):
        write_pkcs12(path, key=rsa_key(number), passphrase="")
    monkeypatch.setenv("KINERJA_SEAL_PKCS12", str(own))
    paper.write_bytes(sealed(scorecard_pdf(samples.one_kpi(), Language.ENGLISH), usable_seal(load_settings())))
    found = run("verify", paper)
    assert (found.exit_code, found.stdout.splitlines()[0]) == (0, "sealed here, and no scorecard on record")
    facts = json.loads(run("verify", paper, "--json").stdout)
    assert (facts["issued"], facts["sealed"], facts["seals"][0]["holds"]) == (False, True, True)
    paper.write_bytes(paper.read_bytes() + b"%\n")
    assert run("verify", paper).exit_code == 1
    paper.write_bytes(paper.read_bytes()[:-2])
    monkeypatch.setenv("KINERJA_SEAL_PKCS12", str(other))
    strange = run("verify", paper)
    assert (strange.exit_code, strange.stderr.splitlines()[0]) == (
        1,
        f"kinerja: {paper} is not a PDF that was issued here, or it was changed",
    )
    assert "holds for the whole file" in strange.stderr


@pytest.mark.usefixtures("sessions")
def test_the_print_page_is_written_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "card.html"
    options = ("--employee", "4", "--cycle", "2026", "--period", "2026-01", "--format", "html", "--out", out)
    assert run("pdf", *options, "--lang", "en").exit_code == 0
    assert "Performance Scorecard" in out.read_text()
    assert run("pdf", *options).exit_code == 0
    assert "81,37" in out.read_text()


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--employee", "99", "--cycle", "2026"), "Nobody has the employee number 99."),
        (("--employee", "4", "--cycle", "1999"), "There is no cycle with the code 1999."),
        (("--employee", "5", "--cycle", "2026"), "Nothing is published for this period yet."),
        (("--employee", "4", "--cycle", "2026", "--period", "2026-02"), "Nothing is published for this period yet."),
    ],
)
def test_what_is_not_there_is_said_in_one_line(tmp_path: Path, options: Sequence[str], line: str) -> None:
    assert said(run("pdf", *options, "--out", tmp_path / "card.pdf")) == (1, "", f"kinerja: {line}\n")
    assert not (tmp_path / "card.pdf").exists()


def test_a_second_run_over_a_cycle_renders_nothing(sessions: Sessions, tmp_path: Path) -> None:
    out = tmp_path / "all"
    options = ("pdf-all", "--cycle", "2026", "--out", out, "--workers", "1")
    assert said(run(*options)) == (0, "1 written, 0 there already\n", "")
    path, *manifest = sorted(out.iterdir())
    assert [each.name for each in manifest] == ["manifest.json", "manifest.sig"]
    content = path.read_bytes()
    assert (path.name, content[:5]) == ("Kartu-Skor_4_2026-01.pdf", b"%PDF-")

    made_at = stored(tmp_path)
    assert said(run(*options)) == (0, "0 written, 1 there already\n", "")
    path.unlink()
    assert said(run(*options)) == (0, "1 written, 0 there already\n", "")
    assert path.read_bytes() == content
    assert stored(tmp_path) == made_at
    with transaction(sessions, writes=False) as session:
        assert len(session.scalars(select(IssuedPdf)).all()) == 1
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "scorecard.downloaded")).all()
        assert [act.actor_id for act in acts] == [None, None]


@pytest.mark.usefixtures("sessions")
def test_a_folder_that_was_written_is_checked_like_a_zip(tmp_path: Path) -> None:
    out = tmp_path / "all"
    options = ("pdf-all", "--cycle", "2026", "--out", out, "--workers", "1")
    assert run(*options).exit_code == 0
    first, *more = run("verify", out).stdout.splitlines()
    assert first == "1 files, all as they were released, none missing"
    assert more[0].startswith("Kinerja, 2026, made ")
    assert run("verify", out / "manifest.json").stdout.splitlines() == [first, *more]
    card = out / "Kartu-Skor_4_2026-01.pdf"
    listed = json.loads((out / "manifest.json").read_text())
    digest = hashlib.sha256(card.read_bytes()).hexdigest()
    assert (listed["cycle"], listed["language"]) == ("2026", "id")
    assert listed["files"] == [{"name": card.name, "sha256": digest, "version": 1}]
    card.write_bytes(card.read_bytes() + b" ")
    assert said(run("verify", out)) == (1, "", f"{out}: {card.name}: changed\n")
    assert said(run(*options)) == (0, "1 written, 0 there already\n", "")
    assert run("verify", out).exit_code == 0


def stored(tmp_path: Path) -> dict[Path, int]:
    """The PDFs that are kept, and when each was written."""
    return {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "pdf").rglob("*.pdf")}


def test_a_broken_card_stops_no_other(database: Sessions, tmp_path: Path) -> None:
    with transaction(database) as session:
        example = make_example(session, make_cast(session))
        plan = give_plan(session, example.cast.eva, example.cycle)
        for each in (example, replace(example, plan=plan, kpis={kpi.code: kpi for kpi in kpis_of(plan)})):
            each.record_january(session)
        for person in (example.cast.eli, example.cast.eva):
            publish(session, actor_of(example.cast.mona), person_id=person.id, period_id=example.period("2026-01").id)
        break_card(session, example.cast.eli)
    out = tmp_path / "all"
    options = ("pdf-all", "--cycle", "2026", "--out", out, "--workers", "2")
    line = "kinerja: Kartu-Skor_4_2026-01.pdf could not be made: too_large\n"
    assert said(run(*options)) == (1, "1 written, 0 there already\n", line)
    assert sorted(path.name for path in out.iterdir()) == [
        "Kartu-Skor_5_2026-01.pdf", "manifest.json", "manifest.sig",
    ]  # fmt: skip
    assert run("verify", out).exit_code == 0
    assert said(run(*options)) == (1, "0 written, 1 there already\n", line)


def test_every_scorecard_is_checked_and_tampering_is_named(sessions: Sessions) -> None:
    assert said(run("verify", "--all")) == (0, "1 published scorecards checked, all as they were published\n", "")
    tamper(sessions, "UPDATE published_scorecard SET total = 12000")
    assert said(run("verify", "--all")) == (
        1,
        "",
        "KSK/2026-01/4, version 1: total, grade or coverage are not those of the snapshot\n",
    )
    tamper(sessions, """UPDATE published_scorecard SET snapshot = replace(snapshot, '"81.37"', '"91.37"')""")
    assert json.loads(run("verify", "--all", "--json").stdout) == {
        "checked": 1,
        "faults": [
            {"number": "KSK/2026-01/4", "version": 1, "fault": "the snapshot is not the one that was published"}
        ],
    }


def test_the_audit_chain_is_walked_and_a_changed_row_named(sessions: Sessions) -> None:
    with transaction(sessions, writes=False) as session:
        rows = session.scalars(select(AuditEntry.hash).order_by(AuditEntry.id)).all()
    assert said(run("audit", "verify")) == (0, f"{len(rows)} rows, unbroken, ending in {rows[-1]}\n", "")
    tamper(sessions, "UPDATE audit_entry SET action = 'nothing' WHERE id = 3", table="audit_entry")
    assert said(run("audit", "verify")) == (1, "", "kinerja: row 3 of the audit chain is missing or was changed\n")


def test_a_file_or_all_of_them_but_not_both(sessions: Sessions, tmp_path: Path) -> None:
    assert run("verify").exit_code == 2
    assert run("verify", tmp_path / "x.pdf", "--all").exit_code == 2
    assert said(run("verify", tmp_path / "x.pdf"))[0] == 1
    with transaction(sessions, writes=False) as session:
        assert len(session.scalars(select(PublishedScorecard)).all()) == 1


def tamper(sessions: Sessions, act: str, table: str = "published_scorecard") -> None:
    """What only somebody with the database file itself could do: past the triggers."""
    with transaction(sessions) as session:
        session.execute(text(f"DROP TRIGGER IF EXISTS {table}_not_changed"))
        session.execute(text(act))
