"""Which words does the whole product share? Enumerations used by rules, tables, pages and the API."""

from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What somebody may ask to do; every route declares exactly one, every service asks for the object."""

    ACCOUNT_OWN = "account:own"
    APPEAL_DECIDE = "appeal:decide"
    APPEAL_RAISE = "appeal:raise"
    APPRAISAL_APPROVE = "appraisal:approve"
    APPRAISAL_CALIBRATE = "appraisal:calibrate"
    APPRAISAL_REASSIGN = "appraisal:reassign"
    APPRAISAL_SCORE = "appraisal:score"
    APPRAISAL_SELF_ASSESS = "appraisal:self_assess"
    AUDIT_READ = "audit:read"
    BRANDING_WRITE = "branding:write"
    CYCLE_READ = "cycle:read"
    CYCLE_WRITE = "cycle:write"
    DEVELOPMENT_WRITE = "development:write"
    ENTRY_READ = "entry:read"
    ENTRY_VERIFY = "entry:verify"
    ENTRY_WRITE = "entry:write"
    FEEDBACK_GIVE = "feedback:give"
    GOAL_READ = "goal:read"
    GOAL_WRITE = "goal:write"
    HOME_READ = "home:read"
    LIBRARY_READ = "library:read"
    LIBRARY_WRITE = "library:write"
    NOTE_WRITE = "note:write"
    PERSON_IMPORT = "person:import"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    PLAN_ACCEPT = "plan:accept"
    PLAN_APPROVE = "plan:approve"
    PLAN_DISCUSS = "plan:discuss"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    PRIVACY_MANAGE = "privacy:manage"
    PRIVACY_OWN = "privacy:own"
    PUBLIC = "public"
    REPORT_READ = "report:read"
    SCORECARD_ACKNOWLEDGE = "scorecard:acknowledge"
    SCORECARD_CORRECT = "scorecard:correct"
    SCORECARD_ISSUE = "scorecard:issue"
    SCORECARD_LOCK = "scorecard:lock"
    SCORECARD_PUBLISH = "scorecard:publish"
    SCORECARD_READ = "scorecard:read"
    SECOND_NAME = "second:name"

    @property
    def is_read(self) -> bool:
        """True where the action never changes anything, so that it may not stand on an unsafe method."""
        return self.value.endswith(":read")


class AdjustmentKind(StrEnum):
    """Who set a total beside the computed one."""

    APPEAL = "appeal"
    CALIBRATION = "calibration"
    MANAGER = "manager"


class Aggregation(StrEnum):
    """How the entries of a value become the actual."""

    AVERAGE = "average"
    LAST = "last"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


class AppealOutcome(StrEnum):
    """What was decided about an employee's objection."""

    PARTLY = "partly"
    REJECTED = "rejected"
    UPHELD = "upheld"


class AppraisalState(StrEnum):
    """Where one person's appraisal for one period stands."""

    ACKNOWLEDGED = "acknowledged"
    """The employee has confirmed receipt, which is not agreement."""
    APPEALED = "appealed"
    APPROVED = "approved"
    """The second-level manager has approved the scoring."""
    CLOSED = "closed"
    OPEN = "open"
    PUBLISHED = "published"
    SCORED = "scored"
    """The appraiser has handed in the scoring."""


RELEASED: Final = (
    AppraisalState.PUBLISHED,
    AppraisalState.ACKNOWLEDGED,
    AppraisalState.APPEALED,
    AppraisalState.CLOSED,
)
"""The states in which a result is out and its figures are settled."""


class Beyond(StrEnum):
    """What lies beyond the outermost point of a `points` curve."""

    CLAMP = "clamp"
    ZERO = "zero"


class CaseKind(StrEnum):
    """What somebody asks for in one person's appraisal that needs a second person."""

    CORRECT = "correct"
    """Open a published scorecard again, so that its figures can be put right."""
    EXCLUDE_KPI = "exclude_kpi"
    """Leave one KPI out of this person's total for the period."""
    INCLUDE_KPI = "include_kpi"
    """Let a KPI count again that was left out."""


class Channel(StrEnum):
    """On which way a figure came in."""

    API = "api"
    FILE = "file"
    PAGE = "page"


class CheckVerdict(StrEnum):
    """What somebody found who looked an entry over."""

    OK = "ok"
    QUESTIONED = "questioned"


class CycleState(StrEnum):
    """Where a cycle stands: being prepared, in use, over."""

    CLOSED = "closed"
    DRAFT = "draft"
    OPEN = "open"


class EvidenceKind(StrEnum):
    """What an evidence file is, told by its content."""

    CSV = "csv"
    DOCX = "docx"
    JPEG = "jpeg"
    PDF = "pdf"
    PNG = "png"
    TXT = "txt"
    XLSX = "xlsx"


class FeedbackState(StrEnum):
    """Where the question to a colleague stands."""

    ANSWERED = "answered"
    ASKED = "asked"
    DECLINED = "declined"
    PROPOSED = "proposed"
    """The employee has named the colleague; the manager has not asked yet."""


class DevelopmentState(StrEnum):
    """Where an item of a development plan stands."""

    DONE = "done"
    DROPPED = "dropped"
    OPEN = "open"
    RUNNING = "running"


class DataRequestKind(StrEnum):
    """What a person may ask about their own data."""

    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    """Against a score that rests on figures alone: a person is to look at it."""


class Frequency(StrEnum):
    """How often an entry is due."""

    DAILY = "daily"
    HALF_YEARLY = "half_yearly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    WEEKLY = "weekly"
    YEARLY = "yearly"


class KpiStatus(StrEnum):
    """How a running KPI stands against its target."""

    ACHIEVED = "achieved"
    AHEAD = "ahead"
    BEHIND = "behind"
    ON_TRACK = "on_track"


class Language(StrEnum):
    """Languages of pages, messages and documents."""

    ENGLISH = "en"
    INDONESIAN = "id"


class MeasureKind(StrEnum):
    """What an entry of a KPI holds."""

    GROWTH = "growth"
    MILESTONE = "milestone"
    RATING = "rating"
    RATIO = "ratio"
    VALUE = "value"
    YES_NO = "yes_no"


class Method(StrEnum):
    """How target and actual become the achievement."""

    EXACT = "exact"
    HIGHER = "higher"
    LOWER = "lower"
    LOWER_INVERSE = "lower_inverse"
    MILESTONE = "milestone"
    POINTS = "points"
    RANGE = "range"
    RATING = "rating"
    STEPS = "steps"
    YES_NO = "yes_no"


class Missing(StrEnum):
    """What a policy does with a KPI that is due and has no data."""

    BLOCK = "block"
    EXCLUDE = "exclude"
    ZERO = "zero"


class NoteKind(StrEnum):
    """What somebody says about a KPI."""

    COMMENT = "comment"
    RECOGNITION = "recognition"


class PeriodState(StrEnum):
    """Whether entries of a period may still be recorded."""

    CLOSED = "closed"
    OPEN = "open"


class PlanState(StrEnum):
    """Where a plan version stands: being written and agreed, in force, replaced by a later version."""

    ACCEPTED = "accepted"
    """The employee has accepted exactly this version; the manager's approval is still to come."""
    ACTIVE = "active"
    COUNTERED = "countered"
    """The employee has answered with a counter-proposal; the manager writes again."""
    DRAFT = "draft"
    PROPOSED = "proposed"
    """The employee is asked to accept or to answer."""
    REPLACED = "replaced"


BINDING: Final = (PlanState.ACTIVE, PlanState.REPLACED)
"""The states of a plan that is or was in force."""
IN_MAKING: Final = (PlanState.DRAFT, PlanState.PROPOSED, PlanState.COUNTERED, PlanState.ACCEPTED)
"""The states of a plan on its way to being agreed."""
WRITABLE: Final = (PlanState.DRAFT, PlanState.COUNTERED)
"""The states in which a plan may be written on."""


class RecorderRule(StrEnum):
    """Who records the figures of a KPI; the line of managers and HR may always."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    THIRD_PARTY = "third_party"


class RemarkKind(StrEnum):
    """What a contribution to the discussion of a plan is: words, or a step of the agreement."""

    ACCEPTED = "accepted"
    ANSWERED = "answered"
    APPROVED = "approved"
    PROPOSED = "proposed"
    REMARK = "remark"
    RETURNED = "returned"
    TAKEN = "taken"
    """The manager took a proposed figure over."""


class Role(StrEnum):
    """What the system lets a person be beyond being an employee; managers are managers by their reporting lines."""

    AUDITOR = "auditor"
    HR = "hr"


class SourceKind(StrEnum):
    """Where the figure of an entry comes from; the order follows the scale of data credibility (5 to 1)."""

    SYSTEM_OF_RECORD = "system_of_record"
    SYSTEM_WITH_LOG = "system_with_log"
    THIRD_PARTY = "third_party"
    EMPLOYEE_WITH_EVIDENCE = "employee_with_evidence"
    EMPLOYEE_DECLARED = "employee_declared"


class WeightingMethod(StrEnum):
    """How the weights of a plan are found."""

    COMPUTED = "computed"
    DIRECT = "direct"
    RANKED = "ranked"
