"""What is stored? Tables and their relations; no rules."""

from app.models.agreement import PlanAcceptance, PlanRemark
from app.models.appraisals import Appraisal, Entry, EntryInput, EntryMilestone, IssuedPdf, PublishedScorecard
from app.models.audit import AuditEntry, AuditText
from app.models.base import Base
from app.models.branding import BrandingVersion, BrandLogo
from app.models.cases import Acknowledgement, Appeal, AppealPoint, AppraiserAssignment, CaseRequest, SecondPerson
from app.models.cycles import Cycle, GradeBand, Period
from app.models.following import DevelopmentItem, IncentiveBand, KpiCause, KpiNote
from app.models.goals import Goal, ObjectiveGoal, OrganisationProfile, Responsibility
from app.models.issuing import IssuingPolicy, PdfBatch, PdfBatchItem
from app.models.notices import Job, Mail, Notice, NoticePreference
from app.models.objectives import ActionStep
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
from app.models.privacy import DataRequest, Erasure, LegalHold
from app.models.recording import EntryCheck, EvidenceFile, KpiRecorder
from app.models.reviews import (
    Adjustment,
    AppraisalStep,
    Behaviour,
    BehaviourLevel,
    BehaviourRating,
    FeedbackAnswer,
    FeedbackRequest,
    KpiComment,
    SelfAssessment,
    SelfAssessmentKpi,
)

__all__ = [
    "Account", "Acknowledgement", "ActionStep", "Adjustment", "ApiToken", "Appeal", "AppealPoint", "Appraisal",
    "AppraisalStep", "AppraiserAssignment", "AuditEntry", "AuditText", "Base", "Behaviour", "BehaviourLevel",
    "BehaviourRating", "BrandLogo", "BrandingVersion", "CaseRequest", "Cycle", "DataRequest", "DevelopmentItem",
    "Entry", "EntryCheck", "EntryInput", "EntryMilestone", "Erasure", "EvidenceFile", "FeedbackAnswer",
    "FeedbackRequest", "Goal", "GradeBand", "IdempotencyKey", "IncentiveBand", "IssuedPdf", "IssuingPolicy", "Job",
    "Kpi", "KpiCause", "KpiComment", "KpiDefinition", "KpiInput", "KpiNote", "KpiRecorder", "LegalHold", "Mail",
    "Milestone", "Notice", "NoticePreference", "Objective", "ObjectiveGoal", "OneTimeLink", "OrganisationProfile",
    "PdfBatch", "PdfBatchItem", "Period", "PeriodTarget", "Person", "Placement", "Plan", "PlanAcceptance",
    "PlanRemark", "Position", "PublishedScorecard", "ReportingLine", "Responsibility", "RoleGrant", "ScoreBand",
    "SecondPerson", "SelfAssessment", "SelfAssessmentKpi", "SignInFailure", "Unit", "WebSession",
]  # fmt: skip
