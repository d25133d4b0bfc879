"""Does every table of docs/scoring.md say what the rules compute?"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.fault_texts import FAULT_TEXTS
from app.rules.aggregation import (
    Entry,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
    actual,
    parse_on,
)
from app.rules.following import whole
from app.rules.forecast import Unforeseen, forecast
from app.rules.grading import grade, status
from app.rules.methods import Point, Scoring, set_up_faults
from app.rules.numbers import exact, plain, shown_text
from app.rules.outcome import ORDER, Adjustment, behaviour_total, outcome
from app.rules.policy import DEFAULT_GRADES, Policy, StatusThresholds
from app.rules.progress import AgreedKpi, SpanTarget, Standing, to_date
from app.rules.scoring import Kpi, over_segments, score_card, with_behaviour
from app.rules.vocabulary import Aggregation, Beyond, Frequency, KpiStatus, Language, Method, Missing
from app.rules.weighting import Rating, bounds_fault, computed_weights, ranked_weights, raw
from app.working import working_text
from tests.rules.test_following import line as card_line

DOCUMENT = Path(__file__).parent.parent / "docs" / "scoring.md"
Row = list[str]

FIRST = Policy()
BEGIN = date(2026, 1, 1)


def tables() -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Head and rows of every table, the bars inside a cell written `\\|`."""
    rows: list[Row] = []
    for line in [*DOCUMENT.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif rows:
            yield tuple(rows[0]), rows[2:]
            rows = []


def number(text: str) -> Fraction:
    """A number as it is printed, with its own minus."""
    return Fraction(text.replace("−", "-"))


def printed(value: Fraction | Decimal, places: int = 2) -> str:
    return shown_text(value, places).replace("-", "−")


def numbers(text: str) -> list[Fraction]:
    return [number(each) for each in re.split("[;,] *", text)]


# --- One function for each kind of table: what the row should say -----------------------------------------------------


def rated(rows: list[Row]) -> list[Row]:
    ratings = [Rating(*map(int, row[1:4])) for row in rows]
    weights = computed_weights(ratings, FIRST)
    return [
        [*row[:4], plain(raw(rating, FIRST)), plain(weight)]
        for row, rating, weight in zip(rows, ratings, weights, strict=True)
    ]


def bounded(row: Row) -> Row:
    count, floor, ceiling = (int(cell) for cell in row[:3])
    fault = bounds_fault(count, Policy(weight_floor=Fraction(floor), weight_ceiling=Fraction(ceiling)))
    return [*row[:3], FAULT_TEXTS[fault.code] % fault.values if fault else "yes"]


def ranked(row: Row) -> Row:
    return [row[0], ", ".join(plain(weight) for weight in ranked_weights(int(row[0]), FIRST))]


MEASURES: dict[str, Measure] = {
    **{f"value, {each}": ValueMeasure(each) for each in Aggregation},
    "ratio, won to leads, times 100": RatioMeasure((Term("won"),), (Term("leads"),), Fraction(100)),
    "growth": GrowthMeasure(),
    "growth from 100": GrowthMeasure(Fraction(100)),
    "milestone, design 30, build 50, launch 20": MilestoneMeasure(
        {"design": Fraction(30), "build": Fraction(50), "launch": Fraction(20)}
    ),
    "yes or no": YesNoMeasure(),
    "rating, average": RatingMeasure(Aggregation.AVERAGE),
    "rating, last": RatingMeasure(Aggregation.LAST),
}


def entry(place: int, text: str) -> Entry:
    """One entry of a month, in the words of the page."""
    on = f"2026-{place + 1:02}"
    blank = Entry(on, *parse_on(on))
    if " of " in text:
        won, leads = text.split(" of ")
        return blank._replace(inputs={"won": Decimal(won), "leads": Decimal(leads)})
    if text in {"yes", "no"}:
        return blank._replace(value=Decimal(text == "yes"))
    if text[0].isalpha():
        return blank._replace(reached=tuple(text.split(" and ")))
    return blank._replace(value=Decimal(text.replace("−", "-")))


def aggregated(row: Row) -> Row:
    entries = [entry(place, text) for place, text in enumerate(row[1].split("; "))]
    figure = actual(MEASURES[row[0]], entries)
    return [*row[:2], "no data" if figure is None else plain(figure)]


def expected(row: Row) -> Row:
    """The target to date of a KPI with daily entries; its period targets are for equal spans of the days passed."""
    passed, days = int(row[3]), int(row[4])
    targets = [] if row[2] == "none" else numbers(row[2])
    length = passed // max(len(targets), 1)
    kpi = AgreedKpi(
        MEASURES[row[0]],
        Scoring(Method.HIGHER, target=number(row[1])),
        Frequency.DAILY,
        first_day=BEGIN,
        last_day=BEGIN + timedelta(days - 1),
        period_targets=tuple(
            SpanTarget(BEGIN + timedelta(place * length), BEGIN + timedelta((place + 1) * length - 1), each)
            for place, each in enumerate(targets)
        ),
    )
    target = to_date(kpi, BEGIN + timedelta(passed - 1), today=date.max).scoring.target
    return [*row[:5], "" if target is None else plain(target)]


def scoring_of(method: str, set_up: str) -> Scoring:
    """The scoring that the words of the page stand for."""
    curve = tuple(Point(*numbers(pair)) for pair in re.findall(r"\(([^)]*)\)", set_up))
    named = {name: number(value) for name, value in re.findall(r"(target|low|high|levels) (−?[0-9.]+)", set_up)}
    return Scoring(
        Method(method),
        target=named.get("target"),
        low=named.get("low"),
        high=named.get("high"),
        points=curve if method == "points" else (),
        steps=curve if method == "steps" else (),
        below=Beyond.ZERO if "below zero" in set_up else Beyond.CLAMP,
        levels=int(named["levels"]) if "levels" in named else None,
        maximum_target="maximum" in set_up,
    )


def achieved(row: Row) -> Row:
    kpi = Kpi("A", Decimal(20), scoring_of(row[0], row[1]), number(row[2]))
    rest = Kpi("B", Decimal(80), Scoring(Method.YES_NO), Fraction(1))
    result = score_card(FIRST, [kpi, rest]).kpis[0]
    assert result.uncapped is not None
    assert result.achievement is not None
    return [
        *row[:3],
        printed(result.uncapped),
        printed(result.achievement),
        working_text(result.working, Language.ENGLISH),
    ]


def refused(row: Row) -> Row:
    (fault,) = set_up_faults(ValueMeasure(), scoring_of(row[0], row[1]), FIRST)
    return [*row[:2], FAULT_TEXTS[fault.code] % fault.values]


def plain_kpi(code: str, weight: str, achievement: str | None) -> Kpi:
    scoring = Scoring(Method.HIGHER, target=Fraction(100))
    return Kpi(code, Decimal(weight), scoring, None if achievement is None else exact(achievement))


def with_missing(row: Row) -> Row:
    kpis = [plain_kpi("A", "50", "80"), plain_kpi("B", "30", None), plain_kpi("C", "20", "110")]
    result = score_card(Policy(missing=Missing(row[0])), kpis)
    lines = ["–" if kpi.contribution is None else str(kpi.contribution) for kpi in result.kpis]
    return [row[0], *lines, str(result.total), str(result.coverage)]


def summed(rows: list[Row]) -> list[Row]:
    result = score_card(FIRST, [plain_kpi(*row[:3]) for row in rows[:-1]])
    lines = [[*row[:3], str(kpi.contribution)] for row, kpi in zip(rows, result.kpis, strict=False)]
    return [*lines, ["Total", "100", "", str(result.total)]]


def rounded(row: Row) -> Row:
    return [row[0], printed(number(row[0]))]


NAMES = {
    "outstanding": ("Outstanding", "Sangat Baik"),
    "good": ("Good", "Baik"),
    "needs_improvement": ("Needs improvement", "Butuh Perbaikan"),
    "poor": ("Poor", "Kurang"),
    "very_poor": ("Very poor", "Sangat Kurang"),
}


def graded(row: Row) -> Row:
    code = grade(Decimal(row[0].replace("−", "-")), DEFAULT_GRADES)
    return [row[0], code, *NAMES[code]]


def standing(row: Row) -> Row:
    found = status(number(row[0]), full=number(row[1]), is_final=row[2] == "yes", thresholds=StatusThresholds())
    return [*row[:3], str(found)]


def together(row: Row) -> Row:
    """Two KPIs of an objective by weight, achievement and status."""
    parts = [card_line(row[at], None if row[at + 1] == "–" else row[at + 1], _known(row[at + 2])) for at in (0, 3)]
    found = whole(parts, StatusThresholds())
    mean = "–" if found.achievement is None else str(found.achievement)
    return [*row[:6], mean, found.status.value if found.status else "–"]


def _known(word: str) -> KpiStatus | None:
    return None if word == "–" else KpiStatus(word)


def foretold(row: Row) -> Row:
    """A KPI of which two entries cover the days from the first on."""
    passed, days = int(row[3]), int(row[4])
    measure = MEASURES[row[0]]
    kpi = AgreedKpi(
        measure, Scoring(Method.HIGHER, target=number(row[1])), Frequency.DAILY, BEGIN, BEGIN + timedelta(days - 1)
    )
    first, last = BEGIN + timedelta(passed // 2), BEGIN + timedelta(passed - 1)
    entries = (Entry("1", BEGIN, first - timedelta(1)), Entry("2", first, last))
    found = forecast(kpi, Standing(entries, (), kpi.scoring), number(row[2]), FIRST)
    if isinstance(found, Unforeseen):
        return [*row[:5], "–", "–"]
    return [*row[:5], printed(found.actual), printed(found.achievement)]


def mixed(row: Row) -> Row:
    return [*row[:3], printed(with_behaviour(*(number(cell) for cell in row[:3])))]


def behaved(row: Row) -> Row:
    return [row[0], printed(behaviour_total([int(level) for level in row[0].split()]) or Fraction(0))]


def adjusted(row: Row) -> Row:
    computed = Decimal(row[0])
    adjustments = [
        Adjustment(kind, Decimal(cell), computed) for kind, cell in zip(ORDER, row[1:4], strict=True) if cell != "–"
    ]
    made = outcome(Fraction(computed), DEFAULT_GRADES, adjustments=adjustments)
    assert made.total is not None
    assert made.grade is not None
    return [*row[:4], printed(made.total), made.grade]


def divided(row: Row) -> Row:
    segments = [(number(row[0]), int(row[1])), (number(row[2]), int(row[3]))]
    return [*row[:4], printed(over_segments(segments))]


def by_row(compute: Callable[[Row], Row]) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [compute(row) for row in rows]


COMPUTED: dict[tuple[str, ...], Callable[[list[Row]], list[Row]]] = {
    ("KPI", "Priority", "Difficulty", "Credibility", "Raw", "Weight"): rated,
    ("KPIs", "Floor", "Ceiling", "Possible"): by_row(bounded),
    ("KPIs", "Weights from first to last"): by_row(ranked),
    ("Measure", "Entries", "Actual"): by_row(aggregated),
    ("Measure", "Target", "Period targets so far", "Days passed", "Days in all", "Target to date"): by_row(expected),
    (
        *("Method", "Set-up", "Actual", "Before the limits", "Achievement"),
        "Working, at a weight of 20 %",
    ): by_row(achieved),
    ("Method", "Set-up", "Refused because"): by_row(refused),
    ("Policy", "A", "B", "C", "Total", "Coverage"): by_row(with_missing),
    ("KPI", "Weight", "Achievement", "Contribution"): summed,
    ("Exact", "Printed"): by_row(rounded),
    ("Total", "Grade", "English", "Indonesian"): by_row(graded),
    ("Achievement to date", "Against the whole target", "Final", "Status"): by_row(standing),
    (*("Weight", "Achievement", "Status") * 2, "Together", "Status together"): by_row(together),
    (
        *("Measure", "Target", "Actual", "Days with figures", "Days in all", "Forecast"),
        "Achievement then",
    ): by_row(foretold),
    ("KPI total", "Behaviour", "Share of behaviour", "Mixed total"): by_row(mixed),
    ("Levels", "Behaviour total"): by_row(behaved),
    ("Computed", "Manager", "Calibration", "Objection", "Final", "Grade"): by_row(adjusted),
    ("First total", "Days", "Second total", "Days", "Total of the cycle"): by_row(divided),
}

FOUND = list(tables())


def test_every_kind_of_table_is_there() -> None:
    assert {head for head, _ in FOUND} == set(COMPUTED)


@pytest.mark.parametrize("place", range(len(FOUND)))
def test_a_table_says_what_the_rules_compute(place: int) -> None:
    head, rows = FOUND[place]
    assert rows == COMPUTED[head](rows)


def test_every_method_and_measure_has_its_example() -> None:
    methods = {row[0] for head, rows in FOUND if "Working, at a weight of 20 %" in head for row in rows}
    measures = {row[0] for head, rows in FOUND if head == ("Measure", "Entries", "Actual") for row in rows}
    assert methods == {method.value for method in Method}
    assert measures == set(MEASURES)


def test_the_workings_in_the_text_are_right() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    lower = Kpi("A", Decimal(20), Scoring(Method.LOWER, target=Fraction(5)), Fraction(4))
    rest = Kpi("B", Decimal(80), Scoring(Method.YES_NO), Fraction(1))
    one = score_card(FIRST, [lower, rest]).kpis[0].working
    three = [plain_kpi("A", "50", "80"), plain_kpi("B", "30", None), plain_kpi("C", "20", "110")]
    two = score_card(FIRST, three).kpis[0].working
    for working in (one, two):
        assert f"`{working_text(working, Language.ENGLISH)}`" in text


def test_the_card_to_try_scores_as_the_page_says(tmp_path: Path) -> None:
    written = re.search(r"```json\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert written is not None
    (tmp_path / "card.json").write_text(written[1], encoding="utf-8")
    result = CliRunner().invoke(app, ["score", str(tmp_path / "card.json")])
    scored = json.loads(result.stdout)
    assert (result.exit_code, scored["total"], scored["grade"]) == (0, "84.00", "poor")
