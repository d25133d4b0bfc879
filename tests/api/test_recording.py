"""Can other programs read how well people record, and only of those whom they may see?"""

import pytest

from tests.api.conftest import AsProgram
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("example")

QUERY = {"cycle": "2026", "period": "2026-01"}


def test_counts_come_by_person_and_in_sum(cast: Cast, program: AsProgram) -> None:
    answer = program(cast.mona).get("/recording", params=QUERY)
    counts = answer.json()["whole"]
    eli = {"person_id": cast.eli.id, "number": "4", "name": "Eli Effendi", "unit": "Penjualan", "counts": counts}
    assert (answer.status_code, answer.json()) == (200, {"items": [eli], "total": 1, "whole": counts})
    assert counts == {
        "due": 5,
        "recorded": 4,
        "missing": 0,
        "late": 0,
        "changed": 0,
        "verified": 0,
        "questioned": 0,
    }


def test_it_is_narrowed_and_closed_like_the_page(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    for query, total in (({"search": "eli"}, 1), ({"manager": "omar"}, 0), ({"unit_id": 999}, 0), ({"offset": 1}, 1)):
        assert hana.get("/recording", params={**QUERY, **query}).json()["total"] == total
    assert program(cast.eli).get("/recording", params=QUERY).json()["items"] == []
    assert hana.get("/recording", params={**QUERY, "period": "2029-01"}).status_code == 404
    assert hana.get("/recording", params={**QUERY, "cycle": "x"}).status_code == 404
    assert hana.get("/recording").status_code == 422
