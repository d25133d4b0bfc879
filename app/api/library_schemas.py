"""What goes over the wire when the KPI library goes out or comes in as a whole?"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.plan_schemas import Measure
from app.api.wire import CODE, Flag, Number, Sent, Shown, line, lines
from app.rules.vocabulary import Aggregation, Frequency, MeasureKind, Method

_Text = Annotated[str, line(60, 0)]
_Inputs = Annotated[str, line(500, 0)]


class Definition(Shown):
    """A KPI of the library, to be copied into plans; texts and inputs in both languages."""

    id: int
    code: str
    category: str
    department: str
    industry: str
    name_en: str
    name_id: str
    definition_en: str
    definition_id: str
    formula_en: str
    formula_id: str
    unit_of_measure_en: str
    unit_of_measure_id: str
    measure_en: Measure
    measure_id: Measure
    method: Method
    frequency: Frequency
    is_retired: bool
    version: int


class DefinitionDocument(Sent):
    """A definition as the library's files have it; inputs of a ratio are separated by commas, a minus subtracts."""

    model_config = ConfigDict(from_attributes=True)

    code: Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
    category: Annotated[str, line(60)]
    department: _Text = ""
    industry: _Text = ""
    name_id: Annotated[str, line(200)]
    name_en: Annotated[str, line(200)]
    definition_id: Annotated[str, lines(2000)]
    definition_en: Annotated[str, lines(2000)]
    formula_id: Annotated[str, line(500)]
    formula_en: Annotated[str, line(500)]
    unit_of_measure_id: Annotated[str, line(60)]
    unit_of_measure_en: Annotated[str, line(60)]
    measure: MeasureKind
    aggregation: Aggregation | None = None
    method: Method
    frequency: Frequency
    scale: Number | None = None
    numerator_id: _Inputs = ""
    numerator_en: _Inputs = ""
    denominator_id: _Inputs = ""
    denominator_en: _Inputs = ""
    is_retired: Flag = False


class LibraryDocument(Sent):
    """The library, or what of it is to be entered or changed."""

    definitions: Annotated[Sequence[DefinitionDocument], Field(max_length=2000)]


class LibraryImported(Shown):
    """What an import did, or would do."""

    entered: int
    changed: int
    unchanged: int
