"""Which KPI definitions can be copied into plans, and how are they kept?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from importlib import resources
from typing import Any, Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid, NotFound
from app.i18n import mark
from app.models import Kpi, KpiDefinition
from app.rules.aggregation import RATING_AGGREGATIONS, Term
from app.rules.faults import Fault
from app.rules.methods import OWN_MEASURE
from app.rules.texts import search_words, text_faults, tidy, tidy_lines
from app.rules.vocabulary import Action, Aggregation, Frequency, Language, MeasureKind, Method
from app.services import audit

CATEGORIES: Final[Mapping[str, str]] = {
    "sales_value": mark("Sales value"),
    "sales_volume": mark("Sales volume"),
    "conversion": mark("Conversion"),
    "pipeline": mark("Pipeline"),
    "activity": mark("Activity"),
    "time": mark("Time"),
    "cost": mark("Cost"),
    "web": mark("Web and social media"),
    "customer": mark("Customers"),
    "people": mark("People and training"),
    "operations": mark("Operations"),
    "quality": mark("Quality"),
    "finance": mark("Finance"),
    "compliance": mark("Compliance"),
    "other": mark("Other"),
}
"""Code → English label, in the order in which pages show them."""
DEPARTMENTS: Final[Mapping[str, str]] = {
    "sales": mark("Sales"),
    "marketing": mark("Marketing"),
    "customer_service": mark("Customer service"),
    "operations": mark("Operations"),
    "logistics": mark("Logistics"),
    "quality": mark("Quality"),
    "procurement": mark("Procurement"),
    "human_resources": mark("Human resources"),
    "finance": mark("Finance"),
    "it": mark("Information technology"),
    "legal": mark("Legal and compliance"),
    "management": mark("Management"),
}
"""Whose KPI it is; none means everybody's."""
INDUSTRIES: Final[Mapping[str, str]] = {
    "trade": mark("Trade and retail"),
    "manufacturing": mark("Manufacturing"),
    "services": mark("Services"),
    "banking": mark("Banking and insurance"),
    "health": mark("Health"),
    "education": mark("Education"),
    "hospitality": mark("Hotels and restaurants"),
    "construction": mark("Construction and property"),
    "technology": mark("Technology"),
    "transport": mark("Transport and warehousing"),
    "agriculture": mark("Agriculture and fishery"),
    "mining": mark("Mining and energy"),
    "public": mark("Public sector"),
}
"""The line of business; none means any."""

_LIMITS: Final = {
    "name_en": 200, "name_id": 200, "formula_en": 500, "formula_id": 500,
    "unit_of_measure_en": 60, "unit_of_measure_id": 60,
}  # fmt: skip
_LONGEST_DEFINITION: Final = 2000
_LONGEST_INPUTS: Final = 500
_LONGEST_INPUT: Final = 60
_CATALOGUE: Final = "kpi_catalogue.json"


@dataclass(frozen=True, slots=True)
class DefinitionValues:
    """Everything that is typed about a KPI definition; what its measure has no use for is let go."""

    code: str
    category: str
    name_en: str
    name_id: str
    definition_en: str
    definition_id: str
    formula_en: str
    formula_id: str
    unit_of_measure_en: str
    unit_of_measure_id: str
    measure: MeasureKind
    method: Method
    frequency: Frequency
    aggregation: Aggregation | None = None
    scale: Decimal | None = None
    numerator_en: str = ""
    numerator_id: str = ""
    denominator_en: str = ""
    denominator_id: str = ""
    department: str = ""
    industry: str = ""


@dataclass(frozen=True, slots=True)
class DefinitionCopy:
    """A definition as it goes into a plan: in the one language in which the plan is written."""

    code: str
    name: str
    definition: str
    formula: str
    unit_of_measure: str
    measure: MeasureKind
    aggregation: Aggregation | None
    scale: Decimal | None
    method: Method
    frequency: Frequency
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]


def copy_of(definition: KpiDefinition, language: Language) -> DefinitionCopy:
    """What is copied into a plan that is written in this language."""

    def said(name: str) -> str:
        text: str = getattr(definition, f"{name}_{language.value}")
        return text

    return DefinitionCopy(
        code=definition.code,
        name=said("name"),
        definition=said("definition"),
        formula=said("formula"),
        unit_of_measure=said("unit_of_measure"),
        measure=definition.measure,
        aggregation=definition.aggregation,
        scale=definition.scale,
        method=definition.method,
        frequency=definition.frequency,
        numerator=terms_of(said("numerator")),
        denominator=terms_of(said("denominator")),
    )


def terms_of(text: str) -> tuple[Term, ...]:
    """The signed inputs that a text names: `return, -cost`."""
    parts = (tidy(part) for part in text.split(","))
    return tuple(Term(tidy(part.removeprefix("-")), -1 if part.startswith("-") else 1) for part in parts if part)


def check_may_write(session: Session, actor: Actor) -> None:
    """Refuse those who may not change the library."""
    require(session, actor, Action.LIBRARY_WRITE)


def list_definitions(
    session: Session,
    actor: Actor,
    *,
    search: str = "",
    category: str = "",
    department: str = "",
    industry: str = "",
    with_retired: bool = False,
) -> list[KpiDefinition]:
    """The library, by code; `search` looks into code, names and definitions.

    Of an industry are those that belong to any industry, too; of a department only its own.
    """
    require(session, actor, Action.LIBRARY_READ)
    query = select(KpiDefinition).order_by(KpiDefinition.code)
    for word in search_words(search):
        columns = (
            KpiDefinition.code, KpiDefinition.name_en, KpiDefinition.name_id,
            KpiDefinition.definition_en, KpiDefinition.definition_id,
        )  # fmt: skip
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if category:
        query = query.where(KpiDefinition.category == category)
    if department:
        query = query.where(KpiDefinition.department == department)
    if industry:
        query = query.where(KpiDefinition.industry.in_(("", industry)))
    if not with_retired:
        query = query.where(~KpiDefinition.is_retired)
    return list(session.scalars(query))


def get_definition(session: Session, actor: Actor, *, definition_id: int) -> KpiDefinition:
    """One definition, a retired one too."""
    require(session, actor, Action.LIBRARY_READ)
    definition = session.get(KpiDefinition, definition_id)
    if definition is None:
        raise NotFound
    return definition


def count_uses(session: Session, *, definition_id: int) -> int:
    """How many KPIs of plans were copied from a definition."""
    return session.scalar(select(func.count()).where(Kpi.definition_id == definition_id)) or 0


def enter_definition(session: Session, actor: Actor, *, values: DefinitionValues) -> KpiDefinition:
    """Put a new definition into the library."""
    require(session, actor, Action.LIBRARY_WRITE)
    columns = _checked(session, values, None)
    definition = KpiDefinition(**columns, changed_at=clock.now())
    session.add(definition)
    session.flush()
    _record(session, actor, definition, "definition.entered", columns)
    return definition


def change_definition(
    session: Session, actor: Actor, *, definition_id: int, version: int, values: DefinitionValues
) -> KpiDefinition:
    """Change a definition; plans that copied it before keep what they copied."""
    definition = _for_change(session, actor, definition_id, version)
    columns = _checked(session, values, definition.id)
    changed = {name: value for name, value in columns.items() if getattr(definition, name) != value}
    for name, value in changed.items():
        setattr(definition, name, value)
    if changed:
        definition.changed_at = clock.now()
        session.flush()
        _record(session, actor, definition, "definition.changed", changed)
    return definition


def retire_definition(
    session: Session, actor: Actor, *, definition_id: int, version: int, is_retired: bool = True
) -> KpiDefinition:
    """Offer a definition no longer for new KPIs, or offer it again."""
    definition = _for_change(session, actor, definition_id, version)
    if definition.is_retired is is_retired:
        raise Conflict("definition_retired" if is_retired else "definition_not_retired")
    definition.is_retired = is_retired
    definition.changed_at = clock.now()
    session.flush()
    _record(session, actor, definition, "definition.retired" if is_retired else "definition.restored", {})
    return definition


def seed_library(session: Session) -> int:
    """Put the definitions that come with the product into the library, those that are missing; how many there were."""
    known = set(session.scalars(select(KpiDefinition.code)))
    missing = [values for values in catalogue() if values.code not in known]
    _name_departments(session)
    now = clock.now()
    session.add_all(KpiDefinition(**columns_of(values), changed_at=now) for values in missing)
    if missing:
        details = {"codes": [values.code for values in missing]}
        audit.record(session, "library.seeded", actor_id=None, about=("library", None), details=details)
    return len(missing)


def _name_departments(session: Session) -> None:
    """Give those a department that came before there were any, as long as nobody has changed them."""
    wanted = {values.code: values for values in catalogue()}
    untouched = select(KpiDefinition).where(
        KpiDefinition.code.in_(wanted), KpiDefinition.department == "", KpiDefinition.version == 1
    )
    for definition in session.scalars(untouched).all():
        definition.department = wanted[definition.code].department
        definition.industry = wanted[definition.code].industry


def catalogue() -> list[DefinitionValues]:
    """The definitions that come with the product."""
    raw = json.loads((resources.files("app") / _CATALOGUE).read_text("utf-8"))
    return [_from_catalogue(each) for each in raw]


def _from_catalogue(raw: Mapping[str, Any]) -> DefinitionValues:
    return DefinitionValues(
        **{
            **raw,
            "measure": MeasureKind(raw["measure"]),
            "method": Method(raw["method"]),
            "frequency": Frequency(raw["frequency"]),
            "aggregation": Aggregation(raw["aggregation"]) if "aggregation" in raw else None,
            "scale": Decimal(raw["scale"]) if "scale" in raw else None,
        }
    )


def _for_change(session: Session, actor: Actor, definition_id: int, version: int) -> KpiDefinition:
    require(session, actor, Action.LIBRARY_WRITE)
    definition = session.get(KpiDefinition, definition_id)
    if definition is None:
        raise NotFound
    if definition.version != version:
        raise Conflict("stale")
    return definition


def _checked(session: Session, values: DefinitionValues, own_id: int | None) -> dict[str, Any]:
    faults = definition_faults(values)
    is_other = KpiDefinition.id.is_distinct_from(own_id)
    taken = select(exists().where(func.lower(KpiDefinition.code) == values.code.lower(), is_other))
    if all(fault.at != "code" for fault in faults) and session.scalar(taken):
        faults.append(Fault("code", "already_taken"))
    if faults:
        raise Invalid(faults)
    return columns_of(values)


def definition_faults(values: DefinitionValues) -> list[Fault]:
    """Everything in a definition that cannot be, whatever else is in the library."""
    return [*_text_faults(values), *_measure_faults(values)]


def _text_faults(values: DefinitionValues) -> list[Fault]:
    faults = text_faults("code", values.code, limit=40)
    if not faults and not all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in values.code):
        faults.append(Fault("code", "code_signs"))
    if values.category not in CATEGORIES:
        faults.append(Fault("category", "choice_unknown"))
    for name, known in (("department", DEPARTMENTS), ("industry", INDUSTRIES)):
        if getattr(values, name) not in {"", *known}:
            faults.append(Fault(name, "choice_unknown"))
    for name, limit in _LIMITS.items():
        faults += text_faults(name, tidy(getattr(values, name)), limit=limit)
    for name in ("definition_en", "definition_id"):
        faults += text_faults(name, tidy_lines(getattr(values, name)), limit=_LONGEST_DEFINITION)
    return faults


def _measure_faults(values: DefinitionValues) -> list[Fault]:
    faults = []
    own = OWN_MEASURE.get(values.method)
    if values.measure is not own and (own is not None or values.measure in OWN_MEASURE.values()):
        faults.append(Fault("method", "method_not_for_measure"))
    if values.measure in {MeasureKind.VALUE, MeasureKind.RATING}:
        if values.aggregation is None:
            faults.append(Fault("aggregation", "required"))
        elif values.measure is MeasureKind.RATING and values.aggregation not in RATING_AGGREGATIONS:
            faults.append(Fault("aggregation", "choice_unknown"))
    if values.measure is MeasureKind.RATIO:
        faults += _ratio_faults(values)
    return faults


def _ratio_faults(values: DefinitionValues) -> list[Fault]:
    faults = []
    if values.scale is None:
        faults.append(Fault("scale", "required"))
    elif not values.scale.is_finite() or not 0 < values.scale <= Decimal(10) ** 9:
        faults.append(Fault("scale", "not_above_0"))
    for part in ("numerator", "denominator"):
        english, indonesian = terms_of(getattr(values, f"{part}_en")), terms_of(getattr(values, f"{part}_id"))
        faults += _input_faults(f"{part}_en", getattr(values, f"{part}_en"), english)
        faults += _input_faults(f"{part}_id", getattr(values, f"{part}_id"), indonesian)
        if english and indonesian and [term.sign for term in english] != [term.sign for term in indonesian]:
            faults.append(Fault(f"{part}_id", "inputs_differ_by_language"))
    return faults


def _input_faults(at: str, text: str, terms: tuple[Term, ...]) -> list[Fault]:
    names = [term.name.casefold() for term in terms]
    if not terms or not all(names):
        return [Fault(at, "required")]
    if len(set(names)) < len(names):
        return [Fault(at, "inputs_repeated")]
    if any(len(name) > _LONGEST_INPUT for name in names):
        return [Fault(at, "input_too_long", {"limit": str(_LONGEST_INPUT)})]
    return text_faults(at, tidy(text), limit=_LONGEST_INPUTS)


def columns_of(values: DefinitionValues) -> dict[str, Any]:
    """The columns of a definition; what its measure has no use for is let go."""
    columns = {column.name: getattr(values, column.name) for column in fields(values)}
    for name, value in columns.items():
        if type(value) is str:
            columns[name] = tidy_lines(value) if name.startswith("definition") else tidy(value)
    if values.measure not in {MeasureKind.VALUE, MeasureKind.RATING}:
        columns["aggregation"] = None
    if values.measure is not MeasureKind.RATIO:
        columns |= {"scale": None, "numerator_en": "", "numerator_id": "", "denominator_en": "", "denominator_id": ""}
    return columns


def _record(
    session: Session, actor: Actor, definition: KpiDefinition, action: str, changed: Mapping[str, object]
) -> None:
    details = {"code": definition.code, "changed": dict(changed)}
    audit.record(session, action, actor_id=actor.person_id, about=("kpi_definition", definition.id), details=details)
