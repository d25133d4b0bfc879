"""What is stored? Tables and their relations; no rules."""

from app.models.appraisals import Appraisal, Entry, EntryInput, EntryMilestone, IssuedPdf, PublishedScorecard
from app.models.audit import AuditEntry, AuditText
from app.models.base import Base
from app.models.cycles import Cycle, GradeBand, Period
from app.models.people import (
    Account,
    ApiToken,
    IdempotencyKey,
    OneTimeLink,
    Person,
    Placement,
    Position,
    ReportingLine,
    RoleGrant,
    SignInFailure,
    Unit,
    WebSession,
)
from app.models.planning import (
    Kpi,
    KpiDefinition,
    KpiInput,
    Milestone,
    Objective,
    PeriodTarget,
    Plan,
    ScoreBand,
)

__all__ = [
    "Account", "ApiToken", "Appraisal", "AuditEntry", "AuditText", "Base", "Cycle", "Entry", "EntryInput",
    "EntryMilestone", "GradeBand", "IdempotencyKey", "IssuedPdf", "Kpi", "KpiDefinition", "KpiInput", "Milestone",
    "Objective", "OneTimeLink", "Period", "PeriodTarget", "Person", "Placement", "Plan", "Position",
    "PublishedScorecard", "ReportingLine", "RoleGrant", "ScoreBand", "SignInFailure", "Unit", "WebSession",
]  # fmt: skip
