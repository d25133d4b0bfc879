"""Which behaviours are people rated on at first, and how do they pass from one cycle to the next?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Behaviour, BehaviourLevel, Cycle
from app.rules.outcome import LEVELS


@dataclass(frozen=True, slots=True)
class BehaviourValues:
    """A behaviour with what each of its levels looks like, the lowest first, in both languages."""

    name_en: str
    name_id: str
    anchors_en: Sequence[str]
    anchors_id: Sequence[str]


USUAL: Final = (
    BehaviourValues(
        "Integrity",
        "Integritas",
        (
            "Breaks agreements or rules and hides it.",
            "Keeps to rules when watched; admits mistakes only when asked.",
            "Keeps agreements and rules; admits own mistakes.",
            "Speaks up early about risks and mistakes, also uncomfortable ones.",
            "Others take this person as their measure of honesty, also under pressure.",
        ),
        (
            "Melanggar kesepakatan atau aturan dan menutupinya.",
            "Mematuhi aturan saat diawasi; mengakui kesalahan hanya bila ditanya.",
            "Menepati kesepakatan dan aturan; mengakui kesalahan sendiri.",
            "Menyampaikan risiko dan kesalahan sejak awal, termasuk yang tidak nyaman.",
            "Menjadi tolok ukur kejujuran bagi orang lain, juga di bawah tekanan.",
        ),
    ),
    BehaviourValues(
        "Teamwork",
        "Kerja sama",
        (
            "Keeps knowledge back or works against others.",
            "Helps when asked, rarely of own accord.",
            "Shares knowledge and keeps others informed.",
            "Offers help before it is asked for and settles conflicts.",
            "Makes whole teams work better together, beyond the own unit.",
        ),
        (
            "Menahan pengetahuan atau bekerja melawan rekan.",
            "Membantu bila diminta, jarang atas kemauan sendiri.",
            "Berbagi pengetahuan dan memberi tahu rekan pada waktunya.",
            "Menawarkan bantuan sebelum diminta dan meredakan konflik.",
            "Membuat tim bekerja lebih baik bersama, melampaui unitnya sendiri.",
        ),
    ),
    BehaviourValues(
        "Customer focus",
        "Fokus pada pelanggan",
        (
            "Leaves requests of customers or colleagues unanswered.",
            "Answers late or only in part.",
            "Answers on time and keeps what was promised.",
            "Asks what is needed behind the request and improves it.",
            "Changes how we work so that customers notice it.",
        ),
        (
            "Membiarkan permintaan pelanggan atau rekan tanpa jawaban.",
            "Menjawab terlambat atau hanya sebagian.",
            "Menjawab tepat waktu dan menepati janji.",
            "Menanyakan kebutuhan di balik permintaan dan memperbaikinya.",
            "Mengubah cara kerja sehingga pelanggan merasakannya.",
        ),
    ),
    BehaviourValues(
        "Initiative",
        "Inisiatif",
        (
            "Waits to be told every step.",
            "Starts routine work alone, leaves problems to others.",
            "Sees what is to do and does it; brings solutions with problems.",
            "Improves own work without being asked and shows the result.",
            "Starts improvements that others take over.",
        ),
        (
            "Menunggu perintah untuk setiap langkah.",
            "Memulai pekerjaan rutin sendiri, menyerahkan masalah kepada orang lain.",
            "Melihat yang perlu dikerjakan dan mengerjakannya; membawa solusi bersama masalah.",
            "Memperbaiki pekerjaannya tanpa diminta dan menunjukkan hasilnya.",
            "Memulai perbaikan yang kemudian diikuti orang lain.",
        ),
    ),
    BehaviourValues(
        "Learning",
        "Belajar",
        (
            "Refuses feedback and repeats mistakes.",
            "Takes feedback, changes little.",
            "Uses feedback and learns what the work needs.",
            "Seeks feedback and learns ahead of what the work needs.",
            "Teaches others and makes learning part of the team's work.",
        ),
        (
            "Menolak umpan balik dan mengulangi kesalahan.",
            "Menerima umpan balik, sedikit berubah.",
            "Memanfaatkan umpan balik dan mempelajari yang dibutuhkan pekerjaan.",
            "Mencari umpan balik dan belajar mendahului kebutuhan pekerjaan.",
            "Mengajari orang lain dan menjadikan belajar bagian dari kerja tim.",
        ),
    ),
)


def behaviours_of(session: Session, cycle_id: int) -> list[Behaviour]:
    """The behaviours of a cycle in their order."""
    wanted = select(Behaviour).where(Behaviour.cycle_id == cycle_id).options(selectinload(Behaviour.levels))
    return list(session.scalars(wanted.order_by(Behaviour.place)))


def values_of(behaviour: Behaviour) -> BehaviourValues:
    """A stored behaviour as values."""
    return BehaviourValues(
        behaviour.name_en,
        behaviour.name_id,
        tuple(each.anchor_en for each in behaviour.levels),
        tuple(each.anchor_id for each in behaviour.levels),
    )


def inherited(session: Session, cycle: Cycle | None) -> list[BehaviourValues]:
    """What a cycle begins with: the behaviours of the one before, or the usual ones."""
    before = behaviours_of(session, cycle.id) if cycle is not None else []
    return [values_of(each) for each in before] or list(USUAL)


def write(behaviour: Behaviour, values: BehaviourValues) -> None:
    """Names and anchors anew, the levels' rows staying."""
    behaviour.name_en, behaviour.name_id = values.name_en, values.name_id
    if not behaviour.levels:
        behaviour.levels = [BehaviourLevel(level=level) for level in range(1, LEVELS + 1)]
    for each, english, indonesian in zip(behaviour.levels, values.anchors_en, values.anchors_id, strict=True):
        each.anchor_en, each.anchor_id = english, indonesian


def add(session: Session, cycle: Cycle, place: int, values: BehaviourValues) -> None:
    """A behaviour more."""
    behaviour = Behaviour(cycle_id=cycle.id, place=place)
    write(behaviour, values)
    session.add(behaviour)
