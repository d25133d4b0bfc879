"""How do the workflow's tables look as a page? `python tools/workflow.py` writes docs/workflow.md."""

from pathlib import Path

from app.access import TABLE
from app.rules.vocabulary import Action, AppraisalState, PlanState
from app.rules.workflow import APPRAISAL, PLAN, Table

PAGE = Path(__file__).parent.parent / "docs" / "workflow.md"
HEAD = """\
# Workflow

How a plan and an appraisal move from state to state. This page is written by `tools/workflow.py` from the one table in
`app/rules/workflow.py` that services, pages and the API obey; a test fails when it is not up to date. A step that the
table does not know in a state, or whose conditions do not hold, is answered with 409 and every reason. *Who* names
relations to the employee whom it concerns; nobody acts on their own case.
"""
WORDS = {"above": "manager above", "hr": "HR", "line": "line manager", "self": "employee"}


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_part("Plan", PLAN, PlanState.DRAFT), *_part("Appraisal", APPRAISAL, AppraisalState.OPEN)])


def _part(title: str, table: Table, first: str) -> list[str]:  # type: ignore[type-arg]
    moves = list(table.items())
    arrows = [f"    {state} --> {move.to}: {step}" for (state, step), move in moves]
    rows = [
        f"| {state} | {step} | {move.to} | {_who(move.needs)} | {'; '.join(_words(each) for each in move.conditions)} |"
        for (state, step), move in moves
    ]
    return [
        f"## {title}",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {first}",
        *arrows,
        "```",
        "",
        "| From | Step | To | Who | What must hold |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _who(action: Action) -> str:
    return ", ".join(WORDS[relation] for relation in sorted(TABLE[action], reverse=True))


def _words(condition: object) -> str:
    return getattr(condition, "name", str(condition)).lower().replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
