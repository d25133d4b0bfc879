"""Are the documents in step with the code?"""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from app.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def test_the_documents_are_found() -> None:
    assert len(DOCUMENTS) > 15


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text("utf-8")) if not (document.parent / link).exists()]
    assert broken == []


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(
        re.findall(r"`(KINERJA_[A-Z0-9_]+)`", (ROOT / "docs/operating.md").read_text("utf-8").split("## HTTPS")[0])
    )
    assert documented == {f"KINERJA_{name.upper()}" for name in Settings.model_fields}


def test_every_command_is_documented() -> None:
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert len(commands) > 8
    assert {name for name in commands if f"kinerja {name}" not in text} == set()


def test_every_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    written = {path.name for path in folder.glob("0*.md")}
    assert set(re.findall(r"\((0[^)]+\.md)\)", (folder / "README.md").read_text("utf-8"))) == written
    assert sorted(name[:4] for name in written) == [f"{number:04}" for number in range(1, len(written) + 1)]


def test_what_the_decisions_and_the_readme_name_exists() -> None:
    named = {
        (document.name, path)
        for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs/decisions").glob("*.md")]
        for path in re.findall(r"`((?:app|tests|templates|migrations|tools)/[\w/.-]+)`", document.read_text("utf-8"))
    }
    assert len(named) > 20
    assert {(name, path) for name, path in named if not (ROOT / path).exists()} == set()


def test_words_that_are_not_used_do_not_name_columns() -> None:
    """ADR 0010: the last column of the glossary."""
    rows = [
        line.split("|")[1:-1] for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines() if "|" in line
    ]
    refused = {word.strip().replace(" ", "_") for row in rows[2:] for word in row[3].split(",") if word.strip()}
    from app.models import Base  # noqa: PLC0415 - only this test needs the tables

    names = {table.name for table in Base.metadata.sorted_tables} | {
        column.name for table in Base.metadata.sorted_tables for column in table.columns
    }
    assert names & refused == set()
