"""Does the code keep the rules of the house that no linter knows?"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
MODULES = sorted(APP.rglob("*.py"))
LONGEST_FILE = 450
LONGEST_FUNCTION = 60


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call in a module: the dotted name as written, and its line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def where(wanted: re.Pattern[str], *, but: frozenset[str] = frozenset()) -> list[str]:
    """The places outside the named modules that call something whose name fits the pattern."""
    return [
        f"{path.relative_to(APP.parent)}:{line} {name}"
        for path in MODULES
        if str(path.relative_to(APP)) not in but
        for name, line in calls(path)
        if wanted.fullmatch(name)
    ]


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 40


def test_only_the_database_module_ends_transactions() -> None:
    assert where(re.compile(r".*\.(commit|rollback)"), but=frozenset({"database.py"})) == []


def test_no_number_passes_through_a_float_or_a_second_rounding() -> None:
    # Where a letter or a mark lies on paper is no figure of anybody
    of_paper = {
        f"documents/{name}.py" for name in ("fonts", "frozen/blocks", "frozen/lettering", "frozen/marks", "pdf_drawing")
    }
    allowed = frozenset({"rules/numbers.py", *of_paper})
    assert where(re.compile(r"float|round|.*\.quantize|func\.(round|sum|avg)"), but=allowed) == []


def test_no_text_from_data_becomes_code_or_template() -> None:
    # The demo sorts its acts through a temporary file that only its own process can open
    own_file = "demo/chain.py"
    # Marks of ours around numbers of ours; texts of our catalogues, with escaped values, as the extension has it
    own_marks = {"documents/frozen/cut_slots.py", "templating.py"}
    allowed = frozenset({own_file, *own_marks})
    assert where(re.compile(r"eval|exec|.*\.from_string|pickle\..*|yaml\.load|os\.system|Markup"), but=allowed) == []


def test_routes_are_synchronous() -> None:
    """ADR 0002: only what reads a request body, and the ASGI layers, are asynchronous."""
    routes = [
        f"{path.relative_to(APP)}: {node.name}"
        for folder in ("web", "api")
        for path in sorted((APP / folder).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef) and any("router" in ast.unparse(d) for d in node.decorator_list)
    ]
    assert routes == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_every_module_says_which_question_it_answers(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)


def test_files_and_functions_stay_readable() -> None:
    long_files = {
        str(path.relative_to(APP)): lines
        for path in MODULES
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    long_functions = [
        f"{path.relative_to(APP)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert (long_files, long_functions) == ({}, [])


def test_no_reminder_stands_in_for_work() -> None:
    found = [
        f"{path.relative_to(APP)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line)
    ]
    assert found == []
