"""Which scorecards were published, and are they the very ones that the product would have published?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from app.demo import look
from app.demo.agreements import Agreement
from app.demo.bulk import Sheets
from app.demo.chain import Notes
from app.demo.content import words
from app.demo.organisation import Employee, Organisation
from app.demo.past import Lore, Out, Past
from app.demo.records import Recorded
from app.models import Appraisal, Cycle, Entry, Period, Plan, PublishedScorecard
from app.rules.scorecard import SignOff
from app.rules.segments import segments
from app.rules.timeline import Span
from app.services import snapshots
from app.services.appraisals import CODE_SIGNS
from app.services.cycles import policy_of
from app.services.review_cases import review_of
from app.services.scorecard_facts import PeriodFacts, PersonFacts, Placed, Published
from app.services.scorecard_parts import scorecard_of_scored
from app.services.segment_facts import SegmentFacts
from app.services.standings import ScoredPerson, score_person
from app.settings import Settings

_HIGH, _GOOD = Decimal(104), Decimal(90)
_BY_HR = 0.3
"""How many scorecards HR publishes in bulk instead of the manager."""


class Version(NamedTuple):
    """A version of somebody's plan with everything recorded for it."""

    agreement: Agreement
    entries: Mapping[int, Sequence[Recorded]]


@dataclass(frozen=True, slots=True)
class Office:
    """Who publishes by which settings."""

    organisation: Organisation
    settings: Settings
    hr_id: int
    names: Mapping[int, str]
    """Of everybody who leads somebody, and so may have recorded an entry."""
    past: Lore


class Publisher:
    """Publishes scorecards for the periods of one cycle."""

    def __init__(self, sheets: Sheets, notes: Notes, cycle: Cycle, office: Office) -> None:
        self._sheets = sheets
        self._notes = notes
        self._cycle = cycle
        self._policy = policy_of(cycle)
        self._past = Past(sheets, notes, cycle, office.past)
        self._office = office
        self._zone = ZoneInfo(office.settings.time_zone)
        self._facts: dict[int, PeriodFacts] = {}

    def publish(
        self,
        person: Employee,
        versions: Sequence[Version],
        period: Period,
        at: datetime,
        previous: Published | None,
        chance: Random,
    ) -> Published | None:
        """The scorecard of somebody's period by the versions begun; none where there is nothing to score."""
        facts = self._facts_of(period, at)
        about = self._placed(person, period)
        approver_id = self._approver(person, period)
        if period.asks_review and approver_id is None:
            return None
        levels = self._past.levels(chance) if period.asks_review else ()
        plan = versions[-1].agreement.plan
        entries = {kpi_id: found for version in versions for kpi_id, found in version.entries.items()}
        person_facts = PersonFacts(
            person=about,
            appraiser=self._placed(self._person(about.manager_id), period) if about.manager_id else None,
            plan=plan,
            entries=cast("Mapping[int, Sequence[Entry]]", entries),
            appraisal=None,
            versions=0,
            previous=previous,
            levels=levels,
            segments=self._segments(person, [version.agreement.plan for version in versions], period),
        )
        scored = score_person(facts, person_facts)
        if scored.outcome.total is None or scored.blocking:
            return None
        by = self._office.hr_id if chance.random() < _BY_HR and person.id != self._office.hr_id else about.manager_id
        comment = _comment(scored, chance)
        review = self._past.reviewed(scored, chance, at) if period.asks_review else None
        out = Out(scored, by or 1, approver_id, comment, review, at)
        self._write(out, self._final_snapshot(out), chance)
        return Published(period.code, scored.outcome.total, scored.outcome.grade)

    def _segments(self, person: Employee, plans: Sequence[Plan], period: Period) -> list[SegmentFacts]:
        """The same as services.segment_facts finds."""
        lines = [Span(seat.starts_on, seat.ends_on, seat.manager_id) for seat in person.seats if seat.manager_id]
        days = [(plan.starts_on, plan.ends_on) for plan in plans]
        found = []
        for part in segments(days, lines, period.ends_on):
            seat = person.seat_on(part.last_day)
            above = self._person(part.manager_id).name if part.manager_id else ""
            place = (seat.job.name, seat.unit.name)
            found.append(SegmentFacts(plans[part.plan], part.first_day, part.last_day, *place, above))
        return found if len(found) > 1 else []

    def _facts_of(self, period: Period, at: datetime) -> PeriodFacts:
        if period.id not in self._facts:
            today = at.astimezone(self._zone).date()
            self._facts[period.id] = PeriodFacts(self._cycle, period, self._policy, today, {}, self._office.names)
        return self._facts[period.id]

    def _final_snapshot(self, out: Out) -> str:
        """The same as services.appraisals freezes."""
        scored = out.scored
        card = scorecard_of_scored(scored, self._office.settings, out.comment, version=1, is_final=True)
        today = out.at.astimezone(self._zone).date()
        signer = self._person(out.by_id)
        seat = signer.seat_on(today)
        final = replace(
            card,
            review=review_of(out.review) if out.review else None,
            published=SignOff(signer.name, seat.job.name, out.at),
            appeal_until=today + timedelta(days=self._cycle.appeal_days),
        )
        return snapshots.frozen(final, scored)

    def _write(self, out: Out, snapshot: str, chance: Random) -> None:
        scored, by, at = out.scored, out.by_id, out.at
        person, period, result = scored.person, scored.facts.period, scored.outcome
        appraisal_id = self._sheets.ids.next(Appraisal)
        published_id = self._sheets.ids.next(PublishedScorecard)
        self._past.before(out, appraisal_id)
        state, version = self._past.after(out, appraisal_id, published_id, chance)
        self._sheets.put(
            Appraisal,
            id=appraisal_id,
            person_id=person.person.id,
            period_id=period.id,
            plan_id=person.plan.id,
            state=state,
            comment=out.comment,
            version=version,
            changed_at=at,
        )
        row: dict[str, Any] = {
            "snapshot_digest": snapshots.digest_of(snapshot),
            "total": result.total,
            "grade": result.grade,
            "coverage": scored.coverage,
        }
        self._sheets.put(
            PublishedScorecard,
            id=published_id,
            appraisal_id=appraisal_id,
            version_number=1,
            verification_code=new_code(chance),
            snapshot=snapshot,
            published_at=at,
            published_by_id=by,
            branding_version=look.VERSION,
            **row,
        )
        self._notes.act(
            at,
            "scorecard.published",
            actor_id=by,
            about=("published_scorecard", published_id),
            subject_id=person.person.id,
            details={
                "cycle": self._cycle.code,
                "period": period.code,
                "version": 1,
                "total": result.total,
                "grade": result.grade,
                "coverage": scored.coverage,
                "digest": row["snapshot_digest"],
                "comment": self._notes.words(out.comment),
            },
        )

    def _approver(self, person: Employee, period: Period) -> int | None:
        """Who approves the scoring of somebody's manager: whoever is above, else HR; nobody approves their own."""
        scorer = person.seat_on(period.ends_on).manager_id
        above = self._person(scorer).seat_on(period.ends_on).manager_id if scorer else None
        found = above or self._office.hr_id
        return None if found in (scorer, person.id) else found

    def _person(self, person_id: int) -> Employee:
        return self._office.organisation.people[person_id - 1]

    @staticmethod
    def _placed(person: Employee, period: Period) -> Placed:
        seat = person.seat_on(period.ends_on)
        return Placed(
            id=person.id,
            number=person.number,
            name=person.name,
            joined_on=person.joined_on,
            left_on=person.left_on,
            position=seat.job.name,
            unit=seat.unit.name,
            manager_id=seat.manager_id,
        )


def versions_begun(versions: Sequence[Version], period: Period) -> list[Version]:
    """The versions of a plan that have begun by the end of a period, the one in force last; none if none is."""
    found = [version for version in versions if version.agreement.plan.starts_on <= period.ends_on]
    return found if found and found[-1].agreement.plan.ends_on >= period.starts_on else []


def _comment(scored: ScoredPerson, chance: Random) -> str:
    """What the appraiser writes: about the total, the best and the weakest KPI."""
    total = scored.outcome.total or Decimal(0)
    kind = "high" if total >= _HIGH else "good" if total >= _GOOD else "low"
    reached = [(each.result.achievement, each.kpi.name) for each in scored.kpis if each.result.achievement is not None]
    best, worst = _in_sentence(max(reached)[1]), _in_sentence(min(reached)[1])
    comment: str = chance.choice(words()["comments"][kind])
    return comment.format(best=best, Best=best[:1].upper() + best[1:], worst=worst)


def _in_sentence(name: str) -> str:
    """A KPI's name within a sentence: without what stands in brackets, small unless it is an abbreviation."""
    bare = re.sub(r" \(.*\)", "", name)
    return bare if bare[1:2].isupper() else bare[:1].lower() + bare[1:]


_CODE_PARTS: Final = 3


def new_code(chance: Random) -> str:
    """A verification code of the product's form that comes out the same for the same seed."""
    return "-".join("".join(chance.choices(CODE_SIGNS, k=4)) for _ in range(_CODE_PARTS))
