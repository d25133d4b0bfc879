"""Which cards try out everything that a page can hold? Believable ones by chance, the same for the same number."""

import dataclasses
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.rules.branding import HOUSE, Branding, Section, SignatureBlock, Signer
from app.rules.credibility import Doubt
from app.rules.outcome import Adjustment
from app.rules.scorecard import (
    Computed,
    DoubtCount,
    Employee,
    KpiWords,
    RatedBehaviour,
    Review,
    Scorecard,
    ScorecardKpi,
    ScorecardObjective,
    Trend,
    Verification,
)
from app.rules.vocabulary import AdjustmentKind, KpiStatus
from tests import brandings, samples

NAMES = (
    "Sri",
    "Siti Nurhaliza",
    "I Gusti Ngurah Agung Wira Adnyana",
    "Raden Ayu Kusumaningtyas Prawirodirdjo-Wijayakusuma, S.E., M.M.",
    "José Müller",
)
PLACES = ("Gudang", "Layanan Pelanggan/Purna Jual", "Divisi Teknologi Informasi dan Transformasi Digital Wilayah Timur")
KPI_NAMES = (
    "Pangsa pasar",
    "Waktu tanggap rata-rata atas keluhan",
    "Ketepatan pengiriman barang ke pelanggan utama di luar Jawa (on-time/in-full)",
    "Jumlah pelatihan yang diselesaikan oleh seluruh anggota tim pada semester berjalan, termasuk sertifikasi",
    "Efisiensi biaya",
)
WORDS = (
    "Target terlampaui berkat empat distributor baru.",
    "Perlu perhatian pada akhir pekan: siapkan petugas pengganti – dan tinjau pembagian wilayah.",
    "Baik.",
    "Koordinasi lintas-unit membaik; retur turun 12,5% dibanding 2025/2026.",
)
LOOKS = (
    HOUSE,
    HOUSE,
    HOUSE,
    Branding(
        version=1,
        accent="#7a1f3d",
        address="Jl. Jenderal Sudirman Kav. 52–53, Jakarta 12190",
        footer="NPWP 01.234.567.8-901.000",
        logo=brandings.logo(260, 230),
    ),
    Branding(
        version=2,
        left_out=frozenset({Section.TREND}),
        signatures=(SignatureBlock(Signer.EMPLOYEE), SignatureBlock(Signer.APPRAISER)),
    ),
    Branding(version=3, left_out=frozenset({Section.DATA, Section.SELF_ASSESSMENT}), signatures=()),
)


def card(number: int, most_kpis: int = 6) -> Scorecard:
    """The card of this number."""
    chance = random.Random(number)  # noqa: S311 - nothing to keep secret
    kpis = [*samples.ten_kpis().kpis, *samples.missing_values().kpis]
    objectives: list[ScorecardObjective] = []
    left = chance.randint(1, most_kpis)
    while left:
        count = min(left, chance.choice((1, 1, 2)))
        title = f"{chance.choice(KPI_NAMES)} bagi {chance.choice(PLACES)}"
        objectives.append(ScorecardObjective(title, tuple(kpi(chance, chance.choice(kpis)) for _ in range(count))))
        left -= count
    sample = chance.choice((samples.ten_kpis(), samples.missing_values(), samples.one_kpi()))
    number_of = f"KRY-{number:05}"
    code = "".join(chance.choices("23456789ABCDEFGHJKMNPQRSTUVWXYZ", k=12))
    code = "-".join((code[:4], code[4:8], code[8:]))
    employee = Employee(
        number=number_of,
        name=chance.choice(NAMES),
        position=f"Staf {chance.choice(PLACES)}",
        unit=chance.choice(PLACES),
        joined_on=chance.choice((None, date(2019, 3, 18))),
        plan_starts_on=date(2026, 1, 1),
        plan_ends_on=date(2026, 12, 31),
    )
    result = dataclasses.replace(
        sample.result,
        previous=chance.choice((None, samples.ten_kpis().result.previous)),
        computed=computed(chance, sample),
    )
    return dataclasses.replace(
        sample,
        document=dataclasses.replace(sample.document, number=f"KSK/2026-09/{number_of}"),
        employee=employee,
        appraiser=chance.choice((None, sample.appraiser)),
        result=result,
        objectives=tuple(objectives),
        comment=" ".join(chance.choices(WORDS, k=chance.randint(0, 9))),
        verification=chance.choice(
            (None, Verification(code, "9F3A 61C0 7B2E D584", f"https://kinerja.example.co.id/verify/{code}"))
        ),
        review=review(chance, tuple(each.code for objective in objectives for each in objective.kpis)),
    )


def look(number: int) -> Branding:
    """The organisation's look for this number."""
    return LOOKS[number % len(LOOKS)]


def kpi(chance: random.Random, sample: ScorecardKpi) -> ScorecardKpi:
    """A KPI like the sample with other words and figures."""
    score = None if chance.random() < 0.1 else Decimal(chance.randint(0, 12000)) / 100
    doubts = (DoubtCount(Doubt.EVIDENCE_MISSING, 2),) if chance.random() < 0.1 else ()
    data = dataclasses.replace(
        sample.data,
        evidence=chance.randint(0, 9),
        recorded_by=tuple(chance.choices(NAMES, k=chance.randint(0, 2))),
        changes=1 if chance.random() < 0.2 else 0,
        changed_at=None,
        doubts=doubts,
        credibility=3 if doubts else None,
    )
    if data.changes:
        data = dataclasses.replace(
            data, changed_at=datetime(2026, 10, 4, 7, 12, tzinfo=UTC) + timedelta(days=chance.randint(0, 60))
        )
    trend = tuple(
        Trend(
            each.period_code, each.actual, chance.choice((None, Decimal(chance.randint(0, 12000)) / 100)), each.is_due
        )
        for each in sample.trend
    )
    return dataclasses.replace(
        sample,
        name=chance.choice(KPI_NAMES),
        definition=chance.choice(("", sample.definition, " ".join(WORDS[:2]))),
        achievement=score,
        uncapped=chance.choice((score, None if score is None else score + 20)),
        contribution=score,
        status=chance.choice(list(KpiStatus)),
        excluded=chance.choice(WORDS) if chance.random() < 0.05 else None,
        data=data,
        trend=trend,
    )


def computed(chance: random.Random, sample: Scorecard) -> Computed | None:
    """Behaviours and an adjustment in the total, now and then."""
    total = sample.result.total
    if total is None or chance.random() < 0.7:
        return None
    made = Adjustment(
        kind=AdjustmentKind.CALIBRATION,
        total=total,
        computed_total=total,
        reason=" ".join(WORDS[:3]),
        by=NAMES[1],
        at=datetime(2026, 10, 5, 3, 0, tzinfo=UTC),
    )
    return Computed(total, Decimal(88), Decimal(20), total, "good", chance.choice(((), (made,))))


def review(chance: random.Random, codes: tuple[str, ...]) -> Review | None:
    """What was said at the end of the period, now and then."""
    if chance.random() < 0.6:
        return None
    behaviour = RatedBehaviour(
        "Teamwork", "Kerja sama", 4, "Helps others unasked", "Membantu tanpa diminta", chance.choice(("", WORDS[1]))
    )
    return Review(
        own=chance.choice(("", "\n".join(WORDS))),
        words=tuple(KpiWords(code, WORDS[0], chance.choice((None, Decimal(95))), WORDS[3]) for code in codes[:3]),
        behaviours=chance.choice(((), (behaviour,))),
    )
