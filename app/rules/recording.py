"""Who records the figures of a KPI, if nothing else was said?"""

from typing import Final

from app.rules.vocabulary import RecorderRule, SourceKind

EMPLOYEE_SOURCES: Final = frozenset({SourceKind.EMPLOYEE_WITH_EVIDENCE, SourceKind.EMPLOYEE_DECLARED})


def recorder_by_source(source: SourceKind) -> RecorderRule:
    """Employees record what comes from them; everything else managers do, HR, and systems with their tokens."""
    return RecorderRule.EMPLOYEE if source in EMPLOYEE_SOURCES else RecorderRule.MANAGER
