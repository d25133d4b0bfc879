"""Are files named so that every system can keep them?"""

import pytest

from app.rules.issuing import FileNames, file_name


@pytest.mark.parametrize(
    ("style", "number", "name", "unit", "path"),
    [
        (FileNames.NUMBER_PERIOD, "A/1", "Dewi", "SDM", "Kartu-Skor_A%2F1_2026-01.pdf"),
        (FileNames.NUMBER_NAME_PERIOD, "A/1", "../../Dewi  Ayu:*?", "", "Kartu-Skor_A%2F1_Dewi-Ayu_2026-01.pdf"),
        (FileNames.NUMBER_NAME_PERIOD, "7", "S\u0327ule 李", "", "Kartu-Skor_7_\u015eule-李_2026-01.pdf"),
        (FileNames.NUMBER_NAME_PERIOD, "7", "…", "", "Kartu-Skor_7_2026-01.pdf"),
        (FileNames.UNIT_FOLDER, "7", "Ayu", "../R&D / Lab", "R-D-Lab/Kartu-Skor_7_Ayu_2026-01.pdf"),
        (FileNames.UNIT_FOLDER, "7", "Ayu", "", "-/Kartu-Skor_7_Ayu_2026-01.pdf"),
    ],
)
def test_files_have_names_that_every_system_can_keep(
    style: FileNames, number: str, name: str, unit: str, path: str
) -> None:
    assert file_name(style, number=number, name=name, unit=unit, period_code="2026-01") == path


def test_a_long_name_leaves_room_for_the_rest() -> None:
    path = file_name(FileNames.UNIT_FOLDER, number="7", name="x" * 300, unit="y" * 300, period_code="2026-01")
    assert len(path) < 170
