"""How do the facts of an act read? Each has a name and a value, and both have words."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.i18n import Locale, mark

NAMES: Final[Mapping[str, str]] = {
    "accepted": mark("accepted"),
    "action": mark("action"),
    "activity": mark("activity"),
    "ahead_from": mark("ahead from"),
    "answer": mark("answer"),
    "are_shown": mark("shown"),
    "asks_agreement": mark("agreement asked for"),
    "asks_approval": mark("approval asked for"),
    "asks_self_assessment": mark("self-assessment asked for"),
    "bands": mark("bands"),
    "behaviour_share": mark("share of behaviours"),
    "by": mark("record no. of the later one"),
    "bytes": mark("bytes"),
    "cause": mark("cause"),
    "changed": mark("changed"),
    "code": mark("code"),
    "codes": mark("codes"),
    "comment": mark("comment"),
    "computed_total": mark("computed total"),
    "corrective_action": mark("corrective action"),
    "count": mark("count"),
    "coverage": mark("scored weight"),
    "credibility_share": mark("share of data credibility"),
    "cycle": mark("cycle"),
    "definition": mark("definition"),
    "deputy": mark("second person, record no."),
    "development_action": mark("action"),
    "difficulty_share": mark("share of difficulty"),
    "digest": mark("SHA-256"),
    "digits": mark("decimals"),
    "due_on": mark("due"),
    "email": mark("e-mail"),
    "ends_on": mark("until"),
    "entries": mark("entries"),
    "entry_grace_days": mark("days for recording"),
    "evidence_link": mark("link to the evidence"),
    "figure": mark("figure"),
    "file": mark("file"),
    "file_names": mark("file names"),
    "gap": mark("gap"),
    "goal": mark("goal, record no."),
    "grade": mark("grade"),
    "grades": mark("grades"),
    "granted": mark("granted"),
    "high": mark("upper limit"),
    "inputs": mark("inputs"),
    "joined_on": mark("joined"),
    "kind": mark("kind"),
    "kpi": mark("KPI"),
    "kpis": mark("KPIs"),
    "language": mark("language"),
    "left_on": mark("left"),
    "locked": mark("copy with a password"),
    "locked_copies": mark("copies with a password"),
    "logo": mark("logo"),
    "low": mark("lower limit"),
    "manager": mark("manager"),
    "meaning": mark("direction"),
    "measure": mark("measure"),
    "method": mark("method"),
    "milestones": mark("milestones"),
    "missing": mark("missing entries"),
    "mission": mark("mission"),
    "name": mark("name"),
    "new": mark("new"),
    "note": mark("note"),
    "number": mark("number"),
    "objective": mark("objective, record no."),
    "old": mark("old"),
    "on": mark("for"),
    "on_track_from": mark("on track from"),
    "outcome": mark("outcome"),
    "owner": mark("owner, record no."),
    "parent": mark("above, record no."),
    "pdfs": mark("PDFs"),
    "percent": mark("percent"),
    "period": mark("period"),
    "period_targets": mark("targets by period"),
    "periods": mark("periods"),
    "placements": mark("placements"),
    "priority_share": mark("share of priority"),
    "reason": mark("reason"),
    "remarks": mark("remarks"),
    "reporting_lines": mark("reporting lines"),
    "role": mark("role"),
    "round": mark("round"),
    "scale": mark("scale"),
    "score_cap": mark("cap of scores"),
    "score_floor": mark("floor of scores"),
    "shows_feedback": mark("feedback shown"),
    "source": mark("source"),
    "starts_on": mark("from"),
    "state": mark("state"),
    "step": mark("step"),
    "support": mark("support"),
    "target": mark("target"),
    "task": mark("task"),
    "text": mark("text"),
    "title": mark("title"),
    "token": mark("token"),
    "total": mark("total"),
    "unit": mark("unit, record no."),
    "until": mark("until"),
    "up": mark("upwards"),
    "version": mark("version"),
    "version_number": mark("version of the plan"),
    "vision": mark("vision"),
    "weight_ceiling": mark("ceiling of weights"),
    "weight_floor": mark("floor of weights"),
    "weight_step": mark("step of weights"),
    "weighting": mark("weighting"),
}
_VALUES: Final[Mapping[str, str]] = {
    "auditor": mark("auditor"),
    "hr": mark("HR"),
    "appeal": mark("objection"),
    "calibration": mark("calibration"),
    "manager": mark("manager"),
    "correct": mark("correction"),
    "correction": mark("correction"),
    "erasure": mark("erasure"),
    "exclude_kpi": mark("KPI left out"),
    "include_kpi": mark("KPI counted again"),
    "objection": mark("objection"),
    "comment": mark("comment"),
    "recognition": mark("recognition"),
    "open": mark("open"),
    "running": mark("running"),
    "done": mark("done"),
    "dropped": mark("dropped"),
    "upheld": mark("upheld"),
    "partly": mark("upheld in part"),
    "rejected": mark("not upheld"),
    "system_of_record": mark("system of record"),
    "system_with_log": mark("system with change log"),
    "third_party": mark("third party"),
    "employee_with_evidence": mark("employee, with evidence"),
    "employee_declared": mark("employee, declared"),
    "harder": mark("harder"),
    "factor": mark("by a factor"),
    "exclude": mark("left out"),
    "zero": mark("zero"),
    "block": mark("publication waits"),
    "id": mark("Indonesian"),
    "en": mark("English"),
}
_CHOSEN: Final = frozenset({"kind", "language", "meaning", "missing", "outcome", "role", "source", "state"})
"""Facts whose values are words of ours."""
_WHICH: Final = re.compile(r"[_ ]([0-9]+|[A-Z0-9.-]+)\Z")


def fact_texts(facts: Mapping[str, Any], locale: Locale) -> list[tuple[str, str]]:
    """The facts in pairs; what was erased or never said is left out."""
    return [
        (_name(name, locale), _value(value, locale, is_chosen=name in _CHOSEN))
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]


def word_of(name: str) -> tuple[str, str]:
    """The word in the name of a fact, and which one it is where there are several: `task_2`, `kpi SAL-REV`."""
    which = None if name in NAMES else _WHICH.search(name)
    return (name, "") if which is None else (name[: which.start()], which[1])


def _name(name: str, locale: Locale) -> str:
    word, which = word_of(name)
    text = locale.text(NAMES[word]) if word in NAMES else word
    return f"{text} {which}" if which else text


def _value(value: Any, locale: Locale, *, is_chosen: bool = False) -> str:
    def text(part: Any) -> str:
        return _value(part, locale, is_chosen=is_chosen)

    match value:
        case bool() | None:
            return "✓" if value else "–"
        case [before, after] if not isinstance(before, list | dict) and not isinstance(after, list | dict):
            return f"{text(before)} → {text(after)}"
        case list():
            return ", ".join(text(each) for each in value)
        case dict():
            return "; ".join(f"{_name(name, locale)} {text(each)}" for name, each in value.items())
        case _:
            return locale.text(_VALUES[value]) if is_chosen and value in _VALUES else str(value)
