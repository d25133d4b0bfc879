"""Is a plan's shape judged by all its rules at once?"""

import pytest

from app.rules.plan import open_kpis, shape_faults


@pytest.mark.parametrize("counts", [[1, 1, 1, 1, 1], [2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 2, 2], [1] * 8])
def test_good_shapes(counts: list[int]) -> None:
    assert shape_faults(counts) == []


@pytest.mark.parametrize(
    ("counts", "faults"),
    [
        ([], [("objectives", "too_few"), ("kpis", "too_few")]),
        ([1, 1, 1, 2], [("objectives", "too_few")]),
        ([2, 2, 2, 2, 2, 2], [("kpis", "too_many")]),
        ([1] * 9, [("objectives", "too_many")]),
        ([1, 1, 0, 3, 1], [("objectives[2].kpis", "too_few"), ("objectives[3].kpis", "too_many")]),
        ([0, 0, 0, 0, 0], [("kpis", "too_few"), *[(f"objectives[{place}].kpis", "too_few") for place in range(5)]]),
    ],
)
def test_every_reason_is_given(counts: list[int], faults: list[tuple[str, str]]) -> None:
    assert [(fault.at, fault.code) for fault in shape_faults(counts)] == faults


@pytest.mark.parametrize(("objectives", "counts"), [(5, range(5, 11)), (6, range(6, 11)), (8, range(8, 11))])
def test_how_many_kpis_go_with_so_many_objectives(objectives: int, counts: range) -> None:
    assert open_kpis(objectives) == counts
    assert all(shape_faults([1 + (place < extra) for place in range(objectives)]) == [] for extra in range(len(counts)))
