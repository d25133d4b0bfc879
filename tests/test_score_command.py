"""Does `kinerja score` answer as other programs expect: on which stream, in which order, with which exit code?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.documents.test_cards import EXAMPLE, RESULT, changed

BAD = changed(kpis__1__scoring__low="30", kpis__0__weight="50")
BAD_LINES = [
    "kpis[1].scoring.low: must be below high",
    "kpis: weights must add up to 100, not 110: 10 is too much",
]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    return path


def run(*arguments: str | Path, given: bytes = b"") -> tuple[int, bytes, list[str]]:
    """Exit code, standard output and the lines of standard error."""
    result = CliRunner().invoke(app, ["score", *map(str, arguments)], input=given)
    return result.exit_code, result.stdout_bytes, result.stderr.splitlines()


def test_a_good_card_is_answered_on_standard_output(card: Path) -> None:
    code, out, err = run(card)
    assert (code, json.loads(out), err) == (0, RESULT, [])


def test_a_minus_is_standard_input() -> None:
    code, out, err = run("-", given=json.dumps(EXAMPLE).encode())
    assert (code, json.loads(out), err) == (0, RESULT, [])


def test_a_bad_card_is_refused_with_a_line_for_each_fault() -> None:
    assert run("-", given=json.dumps(BAD).encode()) == (1, b"", BAD_LINES)


def test_explanations_come_in_indonesian_when_asked_for(card: Path) -> None:
    code, out, _ = run("--lang", "id", card)
    assert code == 0
    assert json.loads(out)["kpis"][0]["explanation"] == "135,5 / 120 → 112,92 × 40 % = 45,17"


@pytest.mark.parametrize("options", [[], ["--lines"]])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, options: list[str]) -> None:
    assert run(*options, tmp_path / "none.json") == (1, b"", [": cannot be read: No such file or directory"])
    assert run(*options, tmp_path) == (1, b"", [": cannot be read: Is a directory"])


@pytest.mark.parametrize("arguments", [[], ["--lang", "de", "-"], ["--line", "-"], ["-", "-"]])
def test_wrong_usage_is_code_2(arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, b"")
    assert err


def test_lines_are_answered_in_order_and_a_refusal_does_not_end_the_run(tmp_path: Path) -> None:
    path = tmp_path / "cards.jsonl"
    path.write_bytes(b"\n".join([json.dumps(EXAMPLE).encode(), b"", json.dumps(BAD).encode(), b"{", b"{}"]))
    code, out, err = run("--lines", path)
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, ["4 of 5 cards refused"])
    assert answers[0] == RESULT
    assert [[f"{error['at']}: {error['message']}" for error in answer["errors"]] for answer in answers[1:]] == [
        [": is empty; expected a JSON object"],
        BAD_LINES,
        [": is not valid JSON (line 1, column 2)"],
        ["kpis: is required"],
    ]


def test_lines_without_a_refusal_end_with_code_0() -> None:
    line = json.dumps(EXAMPLE).encode() + b"\n"
    code, out, err = run("--lines", "-", given=line * 3)
    assert (code, err, out.count(b"\n")) == (0, [], 3)
    assert run("--lines", "-", given=b"") == (0, b"", [])


def kinerja(*arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603


def test_each_line_is_answered_before_the_next_one_is_sent() -> None:
    with kinerja("score", "--lines", "-") as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(json.dumps(EXAMPLE).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == RESULT


def test_a_reader_who_has_enough_may_leave(tmp_path: Path) -> None:
    path = tmp_path / "cards.jsonl"
    path.write_bytes((json.dumps(EXAMPLE).encode() + b"\n") * 2000)
    with kinerja("score", "--lines", str(path)) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline()) == RESULT
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(20)


def test_output_is_utf_8_wherever_the_command_runs(card: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "app", "score", str(card)],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
    )
    assert json.loads(done.stdout.decode("utf-8")) == RESULT


def test_scoring_starts_without_database_web_or_pdf() -> None:
    heavy = "sqlalchemy fastapi starlette jinja2 weasyprint babel pydantic"
    script = f"import sys, app.cli; sys.exit(' '.join(name for name in '{heavy}'.split() if name in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, b"")
