"""Do units and positions keep their names, codes and places without contradiction?"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, Placement, Position, Unit
from app.rules.faults import Fault
from app.services import units
from app.services.units import PositionValues, UnitValues
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO


def enter(session: Session, cast: Cast, name: str, code: str = "", parent: Unit | None = None) -> Unit:
    values = UnitValues(name, code, parent.id if parent else None)
    return units.enter_unit(session, actor_of(cast.hana), values=values)


def sit(session: Session, person_id: int, unit: Unit, position: Position) -> None:
    session.add(Placement(person_id=person_id, unit_id=unit.id, position_id=position.id, starts_on=LONG_AGO))
    session.flush()


def faults(refusal: pytest.ExceptionInfo[Invalid]) -> list[Fault]:
    return list(refusal.value.faults)


def test_a_code_is_made_from_the_name() -> None:
    assert units.code_from("Sales & Marketing", []) == "SALES-MARKETING"
    assert units.code_from("Sales & Marketing", ["sales-marketing", "SALES-MARKETING-2"]) == "SALES-MARKETING-3"
    assert units.code_from("Général", []) == "GENERAL"
    assert units.code_from("研究", []) == "X"
    assert len(units.code_from("x" * 200, ["X" * 34])) <= 40


def test_units_stand_in_the_order_of_the_tree(session: Session, cast: Cast) -> None:
    sales = enter(session, cast, "Penjualan")
    enter(session, cast, "Keuangan", "FIN")
    north = enter(session, cast, "Utara", parent=sales)
    enter(session, cast, "Barat", parent=sales)
    position = units.enter_position(session, actor_of(cast.hana), values=PositionValues("Staf"))
    sit(session, cast.eli.id, north, position)
    sit(session, cast.eva.id, north, position)
    listed = units.list_units(session, actor_of(cast.audi))
    assert [(each.item.code, each.depth, each.people) for each in listed] == [
        ("FIN", 0, 0),
        ("PENJUALAN", 0, 2),
        ("BARAT", 1, 0),
        ("UTARA", 1, 2),
    ]
    assert [(each.item.name, each.people) for each in units.list_positions(session, actor_of(cast.hana))] == [
        ("Staf", 2)
    ]
    assert [unit.name for unit in units.units_in_view(session, actor_of(cast.mona))] == ["Utara"]
    assert units.units_in_view(session, actor_of(cast.otto)) == []


def test_names_and_codes_are_unique_whatever_their_capitals(session: Session, cast: Cast) -> None:
    enter(session, cast, "Penjualan", "SAL")
    with pytest.raises(Invalid) as refusal:
        enter(session, cast, "PENJUALAN", "sal")
    assert faults(refusal) == [Fault("name", "already_taken"), Fault("code", "already_taken")]
    with pytest.raises(Invalid) as refusal:
        enter(session, cast, " ", "a/b\x00")
    assert faults(refusal) == [Fault("name", "required"), Fault("code", "text_unreadable")]
    with pytest.raises(Invalid) as refusal:
        enter(session, cast, "Kantor", "KÄNTOR")
    assert faults(refusal) == [Fault("code", "code_signs")]


def test_a_unit_cannot_stand_below_itself(session: Session, cast: Cast) -> None:
    top = enter(session, cast, "Atas")
    below = enter(session, cast, "Bawah", parent=top)
    hana = actor_of(cast.hana)
    for parent_id, code in ((below.id, "unit_circle"), (top.id, "unit_circle"), (999, "choice_unknown")):
        with pytest.raises(Invalid) as refusal:
            units.change_unit(session, hana, unit_id=top.id, version=1, values=UnitValues("Atas", "", parent_id))
        assert faults(refusal) == [Fault("parent_id", code)]
    changed = units.change_unit(session, hana, unit_id=below.id, version=1, values=UnitValues("Samping"))
    with pytest.raises(Conflict, match="stale"):
        units.change_unit(session, hana, unit_id=below.id, version=1, values=UnitValues("Samping lagi"))
    assert (changed.name, changed.code, changed.parent_id) == ("Samping", "BAWAH", None)


def test_only_what_nobody_held_can_be_removed(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    top = enter(session, cast, "Atas")
    below = enter(session, cast, "Bawah", parent=top)
    free = enter(session, cast, "Kosong")
    position = units.enter_position(session, hana, values=PositionValues("Staf"))
    spare = units.enter_position(session, hana, values=PositionValues("Cadangan"))
    sit(session, cast.eli.id, below, position)
    with pytest.raises(Conflict, match="unit_has_units"):
        units.remove_unit(session, hana, unit_id=top.id)
    with pytest.raises(Conflict, match="unit_in_use"):
        units.remove_unit(session, hana, unit_id=below.id)
    with pytest.raises(Conflict, match="position_in_use"):
        units.remove_position(session, hana, position_id=position.id)
    units.remove_unit(session, hana, unit_id=free.id)
    units.remove_position(session, hana, position_id=spare.id)
    assert set(session.scalars(select(Unit.name))) == {"Atas", "Bawah"}
    assert set(session.scalars(select(Position.name))) == {"Staf"}


def test_changes_of_positions_are_recorded(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    position = units.enter_position(session, hana, values=PositionValues("Staf"))
    senior = PositionValues("Staf Senior", "SEN")
    units.change_position(session, hana, position_id=position.id, version=1, values=senior)
    with pytest.raises(Conflict, match="stale"):
        units.change_position(session, hana, position_id=position.id, version=1, values=senior)
    assert (position.name, position.code) == ("Staf Senior", "SEN")
    with pytest.raises(Invalid) as refusal:
        units.enter_position(session, hana, values=PositionValues("staf senior"))
    assert faults(refusal) == [Fault("name", "already_taken")]
    recorded = select(AuditEntry.action, AuditEntry.object_kind, AuditEntry.object_id).order_by(AuditEntry.id)
    assert [tuple(row) for row in session.execute(recorded)] == [
        ("position.entered", "position", position.id),
        ("position.changed", "position", position.id),
    ]


def test_who_may(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        units.list_units(session, actor_of(cast.mona))
    with pytest.raises(NotAllowed):
        units.enter_unit(session, actor_of(cast.audi), values=UnitValues("Baru"))
    with pytest.raises(NotFound):
        units.get_unit(session, actor_of(cast.hana), unit_id=999)
    with pytest.raises(NotFound):
        units.get_position(session, actor_of(cast.hana), position_id=999)
