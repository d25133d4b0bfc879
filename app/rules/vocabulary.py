"""Which words does the whole product share? Enumerations used by rules, tables, pages and the API."""

from enum import StrEnum


class Action(StrEnum):
    """What somebody may ask to do; every route declares exactly one, every service asks for the object."""

    ACCOUNT_OWN = "account:own"
    AUDIT_READ = "audit:read"
    CYCLE_READ = "cycle:read"
    CYCLE_WRITE = "cycle:write"
    ENTRY_READ = "entry:read"
    ENTRY_WRITE = "entry:write"
    HOME_READ = "home:read"
    LIBRARY_READ = "library:read"
    LIBRARY_WRITE = "library:write"
    PERSON_IMPORT = "person:import"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    PUBLIC = "public"
    REPORT_READ = "report:read"
    SCORECARD_PUBLISH = "scorecard:publish"
    SCORECARD_READ = "scorecard:read"

    @property
    def is_read(self) -> bool:
        """True where the action never changes anything, so that it may not stand on an unsafe method."""
        return self.value.endswith(":read")


class Aggregation(StrEnum):
    """How the entries of a value become the actual."""

    AVERAGE = "average"
    LAST = "last"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


class AppraisalState(StrEnum):
    """Where one person's appraisal for one period stands."""

    OPEN = "open"
    PUBLISHED = "published"


class Beyond(StrEnum):
    """What lies beyond the outermost point of a `points` curve."""

    CLAMP = "clamp"
    ZERO = "zero"


class CycleState(StrEnum):
    """Where a cycle stands: being prepared, in use, over."""

    CLOSED = "closed"
    DRAFT = "draft"
    OPEN = "open"


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


class PeriodState(StrEnum):
    """Whether entries of a period may still be recorded."""

    CLOSED = "closed"
    OPEN = "open"


class PlanState(StrEnum):
    """Where a plan version stands: being written, in force, replaced by a later version."""

    ACTIVE = "active"
    DRAFT = "draft"
    REPLACED = "replaced"


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
