"""Which scorecards do tests look at? Complete, believable ones, and the odd shapes that must not break anything."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.rules import policy as rules
from app.rules.numbers import shown
from app.rules.scorecard import (
    Appraiser,
    Band,
    CurvePoint,
    Cycle,
    DataQuality,
    Document,
    Employee,
    MilestoneShare,
    Period,
    Policy,
    PreviousResult,
    Result,
    Scorecard,
    ScorecardKpi,
    ScorecardObjective,
    SignOff,
    SourceCount,
    Target,
    Trend,
    Verification,
)
from app.rules.scoring import Kpi, KpiResult, Point, Scoring, score_card
from app.rules.vocabulary import KpiStatus, Method, Missing, SourceKind, WeightingMethod

BANDS = (
    Band(Decimal(110), "outstanding", "Sangat Baik", "Outstanding"),
    Band(Decimal(90), "good", "Baik", "Good"),
    Band(Decimal(70), "needs_improvement", "Butuh Perbaikan", "Needs improvement"),
    Band(Decimal(50), "poor", "Kurang", "Poor"),
    Band(Decimal(0), "very_poor", "Sangat Kurang", "Very poor"),
)
POLICY = Policy(
    floor=Decimal(0),
    cap=Decimal(120),
    missing=Missing.EXCLUDE,
    weighting=WeightingMethod.COMPUTED,
    priority_share=Decimal(50),
    difficulty_share=Decimal(30),
    credibility_share=Decimal(20),
)
CYCLE = Cycle("2026", "Penilaian Kinerja Tahunan 2026", date(2026, 1, 1), date(2026, 12, 31))
PERIOD = Period("2026-09", date(2026, 9, 1), date(2026, 9, 30))
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
EMPLOYEE = Employee(
    number="KRY-00417",
    name="Raden Ayu Kusumaningtyas Prawirodirdjo, S.E., M.M.",
    position="Manajer Penjualan Korporat Senior",
    unit="Penjualan Wilayah Jawa Timur, Bali, dan Nusa Tenggara",
    joined_on=date(2019, 3, 18),
    plan_starts_on=date(2026, 1, 1),
    plan_ends_on=date(2026, 12, 31),
)
APPRAISER = Appraiser(
    number="KRY-00032",
    name="Ir. Bambang Hadikusumo",
    position="Kepala Divisi Penjualan dan Pemasaran",
    unit="Divisi Komersial",
)
COMMENT = (
    "Target penjualan triwulan ini terlampaui berkat pembukaan empat distributor baru di Jember, Banyuwangi, Kediri, "
    "dan Mataram. Tingkat retur turun sesuai rencana. Waktu tanggap keluhan masih perlu perhatian: siapkan petugas "
    "pengganti pada akhir pekan dan tinjau pembagian wilayah bersama tim layanan sebelum akhir November."
)


def trend(*achievements: str | None, due: int = 9, every: int = 1) -> tuple[Trend, ...]:
    """Twelve months: achievements so far, None for a gap, later months not yet due."""
    values = [*achievements, *[None] * (len(MONTHS) - len(achievements))]
    return tuple(
        Trend(
            period_code=code,
            actual=None if value is None else Decimal(value),
            achievement=None if value is None else shown(Decimal(value)),
            is_due=place < due and (place + 1) % every == 0,
        )
        for place, (code, value) in enumerate(zip(MONTHS, values, strict=True))
    )


def data(
    entries: int,
    evidence: int,
    changes: int = 0,
    kind: SourceKind = SourceKind.SYSTEM_OF_RECORD,
    expected: int = 9,
) -> DataQuality:
    """What was recorded for a KPI."""
    return DataQuality(
        entries=entries,
        entries_expected=expected,
        evidence=evidence,
        changes=changes,
        changed_at=datetime(2026, 10, 4, 7, 12, tzinfo=UTC) if changes else None,
        recorded_by=("Ir. Bambang Hadikusumo",) if entries else (),
        sources=(SourceCount(kind, entries),) if entries else (),
    )


def kpi(code: str, name: str, weight: str, actual: str | None, **values: Any) -> ScorecardKpi:
    """A KPI that is `higher` in percent unless something else is said; `scorecard` adds what the rules make of it."""
    is_missing = actual is None
    given: dict[str, Any] = {
        "code": code,
        "name": name,
        "definition": "Jumlah yang tercatat pada buku penjualan",
        "source": "SAP S/4HANA",
        "source_kind": SourceKind.SYSTEM_OF_RECORD,
        "unit_of_measure": "%",
        "method": Method.HIGHER,
        "weight": shown(Decimal(weight)),
        "priority": 4,
        "difficulty": 3,
        "data_credibility": 5,
        "computed_weight": shown(Decimal(weight)),
        "weight_reason": "",
        "target": Target(target=Decimal(100)),
        "floor": Decimal(0),
        "cap": Decimal(120),
        "actual": None if actual is None else Decimal(actual),
        "uncapped": None,
        "achievement": None,
        "contribution": None,
        "status": None if is_missing else KpiStatus.ON_TRACK,
        "is_due": True,
        "is_missing": is_missing,
        "data": data(0, 0) if is_missing else data(9, 9),
    }
    return ScorecardKpi(**{**given, **values})


def _rule(made: ScorecardKpi) -> Kpi:
    """The KPI as the rules of scoring know it."""
    agreed = made.target
    curve = tuple(Point(Fraction(point.at), Fraction(point.score)) for point in agreed.curve)
    scoring = Scoring(
        method=made.method,
        target=_fraction(agreed.target),
        low=_fraction(agreed.low),
        high=_fraction(agreed.high),
        points=curve if made.method is Method.POINTS else (),
        steps=curve if made.method is Method.STEPS else (),
        levels=agreed.levels,
    )
    return Kpi(made.code, made.weight, scoring, _fraction(made.actual))


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _with_result(made: ScorecardKpi, result: KpiResult) -> ScorecardKpi:
    return dataclasses.replace(
        made,
        uncapped=None if result.uncapped is None else shown(result.uncapped),
        achievement=None if result.achievement is None else shown(result.achievement),
        contribution=result.contribution,
        working=result.working,
    )


def scorecard(objectives: tuple[tuple[str, tuple[ScorecardKpi, ...]], ...], **values: Any) -> Scorecard:
    """A published scorecard of these KPIs, with total, grade, coverage, contributions and working by the rules."""
    card = score_card(rules.Policy(), [_rule(each) for _, some in objectives for each in some])
    results = iter(card.kpis)
    given: dict[str, Any] = {
        "document": Document("PT Nusantara Sentosa Makmur", "KSK/2026-09/KRY-00417", 1, is_final=True),
        "cycle": CYCLE,
        "period": PERIOD,
        "employee": EMPLOYEE,
        "appraiser": APPRAISER,
        "policy": POLICY,
        "result": Result(
            card.total, card.grade, card.coverage, BANDS, PreviousResult("2026-08", Decimal("98.40"), "good")
        ),
        "objectives": tuple(
            ScorecardObjective(title, tuple(_with_result(each, next(results)) for each in some))
            for title, some in objectives
        ),
        "comment": COMMENT,
        "published": SignOff(
            "Ir. Bambang Hadikusumo",
            "Kepala Divisi Penjualan dan Pemasaran",
            datetime(2026, 10, 6, 8, 41, tzinfo=UTC),
        ),
        "appeal_until": date(2026, 10, 20),
        "verification": Verification(
            "K7QM-4T2X-9HDA", "9F3A 61C0 7B2E D584", "https://kinerja.nusantara-sentosa.co.id/verify/K7QM-4T2X-9HDA"
        ),
    }
    return Scorecard(**{**given, **values})


def ten_kpis() -> Scorecard:
    """The fullest one: six objectives, ten KPIs with long Indonesian names, nearly every method."""
    return scorecard(
        (
            (
                "Meningkatkan pendapatan penjualan korporat di seluruh wilayah tanggung jawab",
                (
                    kpi(
                        "SAL-REV",
                        "Pendapatan penjualan produk dan jasa kepada pelanggan korporat di luar Jawa",
                        "18",
                        "13950000000",
                        unit_of_measure="Rp",
                        target=Target(target=Decimal(12_400_000_000)),
                        priority=5,
                        difficulty=4,
                        status=KpiStatus.AHEAD,
                        trend=trend("88", "93", "97", "104", "110", "108", "118", "109", "112.5"),
                    ),
                    kpi(
                        "SAL-ATV",
                        "Rata-rata nilai penjualan per transaksi",
                        "9",
                        "46200000",
                        unit_of_measure="Rp",
                        target=Target(target=Decimal(48_000_000)),
                        trend=trend("92", "95", "90", "99", "101", "97", "94", "95", "96.25"),
                    ),
                ),
            ),
            (
                "Memperluas jaringan distribusi dan pangsa pasar",
                (
                    kpi(
                        "CUS-NEW",
                        "Jumlah distributor baru yang aktif bertransaksi dua bulan berturut-turut",
                        "12",
                        "4",
                        unit_of_measure="distributor",
                        target=Target(target=Decimal(3)),
                        priority=5,
                        data_credibility=3,
                        source="Berita acara kunjungan, diperiksa Bagian Keuangan",
                        source_kind=SourceKind.THIRD_PARTY,
                        status=KpiStatus.ACHIEVED,
                        data=data(9, 8, 1, SourceKind.THIRD_PARTY),
                        trend=trend("66.67", "33.33", None, "100", "66.67", "100", "120", "100", "120"),
                    ),
                    kpi(
                        "MKT-SHARE",
                        "Pangsa pasar",
                        "7",
                        "21.4",
                        target=Target(low=Decimal(18), high=Decimal(25)),
                        method=Method.RANGE,
                        status=KpiStatus.ACHIEVED,
                        data=data(3, 3, kind=SourceKind.THIRD_PARTY, expected=3),
                        trend=trend(None, None, "94", None, None, "100", None, None, "100", every=3),
                    ),
                ),
            ),
            (
                "Menjaga kualitas pengiriman serta menekan biaya dan retur barang",
                (
                    kpi(
                        "OPS-RET",
                        "Persentase nilai retur barang terhadap penjualan bersih",
                        "10",
                        "2.3",
                        target=Target(target=Decimal("2.5")),
                        method=Method.LOWER,
                        status=KpiStatus.AHEAD,
                        trend=trend("84", "92", "96", "100", "100", "104", "104", "108", "108"),
                    ),
                    kpi(
                        "OPS-COST",
                        "Biaya pemasaran per pelanggan baru",
                        "8",
                        "1800000",
                        unit_of_measure="Rp",
                        target=Target(target=Decimal(1_500_000)),
                        method=Method.LOWER_INVERSE,
                        status=KpiStatus.BEHIND,
                        computed_weight=Decimal("6.00"),
                        weight_reason="Anggaran pemasaran dipotong 12% pada Maret; disepakati dengan karyawan.",
                        data=data(9, 4, 2, SourceKind.EMPLOYEE_WITH_EVIDENCE),
                        trend=trend("100", "98", "96", "95", "90", "88", "85", "84", "83.33"),
                    ),
                ),
            ),
            (
                "Meningkatkan kepuasan dan retensi pelanggan utama",
                (
                    kpi(
                        "CUS-SAT",
                        "Tingkat kepuasan pelanggan menurut survei triwulanan pihak ketiga",
                        "11",
                        "80",
                        unit_of_measure="skor",
                        target=Target(
                            curve=(
                                CurvePoint(Decimal(60), Decimal(0)),
                                CurvePoint(Decimal(75), Decimal(80)),
                                CurvePoint(Decimal(85), Decimal(100)),
                                CurvePoint(Decimal(95), Decimal(120)),
                            )
                        ),
                        method=Method.POINTS,
                        data=data(3, 3, kind=SourceKind.THIRD_PARTY, expected=3),
                        trend=trend(None, None, "86", None, None, "88", None, None, "90", every=3),
                    ),
                    kpi(
                        "CUS-RESP",
                        "Waktu tanggap rata-rata atas keluhan pelanggan",
                        "9",
                        "5.5",
                        unit_of_measure="jam",
                        target=Target(target=Decimal(4)),
                        method=Method.LOWER,
                        status=KpiStatus.BEHIND,
                        data_credibility=4,
                        source="Zendesk",
                        source_kind=SourceKind.SYSTEM_WITH_LOG,
                        trend=trend("95", "92", "88", "90", "80", "75", "70", "66", "62.5"),
                    ),
                ),
            ),
            (
                "Menyelesaikan pembaruan sistem CRM wilayah timur",
                (
                    kpi(
                        "PRJ-CRM",
                        "Penyelesaian tahapan proyek CRM wilayah timur",
                        "9",
                        "75",
                        unit_of_measure="%",
                        target=Target(
                            milestones=(
                                MilestoneShare("Rancangan disetujui", Decimal("30.00"), is_reached=True),
                                MilestoneShare("Data pelanggan dipindahkan", Decimal("45.00"), is_reached=True),
                                MilestoneShare("Seluruh cabang memakai", Decimal("25.00"), is_reached=False),
                            )
                        ),
                        method=Method.MILESTONE,
                        priority=3,
                        data_credibility=2,
                        source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE,
                        data=data(4, 4, kind=SourceKind.EMPLOYEE_WITH_EVIDENCE, expected=4),
                        trend=trend("0", "30", "30", "30", "30", "75", "75", "75", "75"),
                    ),
                ),
            ),
            (
                "Membina tim penjualan yang kompeten",
                (
                    kpi(
                        "PPL-DEV",
                        "Penilaian atasan atas pembinaan anggota tim",
                        "7",
                        "4",
                        unit_of_measure="tingkat",
                        target=Target(levels=5),
                        method=Method.RATING,
                        priority=3,
                        difficulty=2,
                        data_credibility=1,
                        source_kind=SourceKind.THIRD_PARTY,
                        status=KpiStatus.BEHIND,
                        data=data(9, 0, kind=SourceKind.THIRD_PARTY),
                        trend=trend("60", "60", "60", "80", "80", "80", "80", "80", "80"),
                    ),
                ),
            ),
        )
    )


def one_kpi() -> Scorecard:
    """The smallest one, still a draft: nobody published it."""
    objectives = (("Menjual", (kpi("K1", "Penjualan", "100", "100", trend=trend("100")),)),)
    return scorecard(
        objectives,
        document=Document("PT Contoh", "KSK/2026-09/1", 1, is_final=False),
        appraiser=None,
        comment="",
        published=None,
        appeal_until=None,
        verification=None,
    )


def missing_values() -> Scorecard:
    """One KPI has data, one is due and missing, one is not due yet."""
    return scorecard(
        (
            ("Menjual", (kpi("K1", "Penjualan", "60", "91.2", trend=trend("90", None, "91.2", due=3)),)),
            (
                "Melayani",
                (
                    kpi("K2", "Kepuasan pelanggan", "30", None, trend=trend(due=3)),
                    kpi("K3", "Retensi", "10", None, is_due=False, is_missing=False, trend=trend(due=0)),
                ),
            ),
        )
    )


def nothing_scored() -> Scorecard:
    """No KPI has data, so there is neither total nor grade."""
    return scorecard((("Menjual", (kpi("K1", "Penjualan", "100", None, trend=trend(due=1)),)),))


def five_kpis_english() -> Scorecard:
    """An ordinary card in English, of a quarter."""
    objectives = (
        ("Grow revenue", (kpi("REV", "Sales revenue", "30", "104.2"), kpi("GRW", "Monthly growth", "20", "88"))),
        ("Keep customers", (kpi("CHURN", "Customers lost", "20", "90", method=Method.LOWER),)),
        (
            "Run the team well",
            (
                kpi("ROI", "Return on marketing", "20", "97.31"),
                kpi("AUDIT", "Audit passed", "10", "1", method=Method.YES_NO, target=Target()),
            ),
        ),
    )
    quarters = tuple(
        Trend(f"2026-Q{number}", Decimal(90 + number), Decimal(90 + number), is_due=True) for number in (1, 2, 3)
    )
    made = scorecard(
        objectives,
        cycle=Cycle("2026", "Appraisal year 2026", date(2026, 1, 1), date(2026, 12, 31)),
        period=Period("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        comment="A steady quarter. Agree on the forecast method with finance before the next one.",
    )
    later = Trend("2026-Q4", None, None, is_due=False)
    return dataclasses.replace(
        made,
        objectives=tuple(
            dataclasses.replace(
                objective,
                kpis=tuple(dataclasses.replace(each, trend=(*quarters, later)) for each in objective.kpis),
            )
            for objective in made.objectives
        ),
    )


def with_text(text: str) -> Scorecard:
    """A card of two objectives with this text in every place where a person may write."""
    made = ten_kpis()
    return dataclasses.replace(
        made,
        document=dataclasses.replace(made.document, organisation=text),
        cycle=dataclasses.replace(made.cycle, name=text),
        employee=dataclasses.replace(made.employee, number=text, name=text, position=text, unit=text),
        appraiser=Appraiser(text, text, text, text),
        objectives=tuple(
            ScorecardObjective(
                text,
                tuple(
                    dataclasses.replace(
                        each,
                        code=text,
                        name=text,
                        definition=text,
                        source=text,
                        unit_of_measure=text,
                        weight_reason=text,
                        data=dataclasses.replace(each.data, recorded_by=(text, text)),
                    )
                    for each in objective.kpis
                ),
            )
            for objective in made.objectives[2:5:2]
        ),
        comment=text,
        published=SignOff(text, text, datetime(2026, 10, 6, 8, 41, tzinfo=UTC)),
    )
