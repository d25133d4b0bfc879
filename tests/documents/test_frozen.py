"""Is a filled scorecard the one that the engine would have laid out?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pdfua
import pytest

from app.documents import pdf_process, scorecard_pdf
from app.documents.frozen.fill import fill
from app.documents.frozen.unfit import Unfit
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from tests import brandings, samples
from tests.documents import pages, varied

ID, EN = Language.INDONESIAN, Language.ENGLISH
SAMPLES = ["ten_kpis", "one_kpi", "missing_values", "nothing_scored", "five_kpis_english"]


@pytest.fixture(scope="module", autouse=True)
def _engine() -> Iterator[None]:
    pdf_process.warm_up()
    yield
    pdf_process.close()


def assert_equal(filled: bytes, full: bytes) -> None:
    assert pages.structure(filled) == pages.structure(full)
    assert pages.difference(filled, full) <= pages.OFF_AT_MOST


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_filled_sample_is_what_the_engine_makes(sample: str, tmp_path: Path) -> None:
    card: Scorecard = getattr(samples, sample)()
    language = EN if sample.endswith("english") else ID
    filled = fill(card, language)
    assert_equal(filled, scorecard_pdf.laid_out(card, language))
    file = tmp_path / "card.pdf"
    file.write_bytes(filled)
    assert pdfua.validate(str(file)).findings == ()


def test_a_text_beyond_all_measure_is_not_shaped_first() -> None:
    with pytest.raises(Unfit, match="long"):
        fill(replace(samples.ten_kpis(), comment="x" * 2_000_000), EN)


def test_a_filled_card_bears_the_logo() -> None:
    card, look = samples.one_kpi(), brandings.LOOK
    filled = fill(card, ID, look)
    assert_equal(filled, scorecard_pdf.laid_out(card, ID, look))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_two_hundred_varied_cards_are_what_the_engine_makes(part: int) -> None:
    reasons: Counter[str] = Counter()
    for number in range(part * 20, part * 20 + 20):
        card, look, language = varied.card(number, 3), varied.look(number), (ID, EN)[number % 2]
        try:
            filled = fill(card, language, look)
        except Unfit as unfit:
            reasons[unfit.reason] += 1
            continue
        assert_equal(filled, scorecard_pdf.laid_out(card, language, look))
    assert sum(reasons.values()) <= 4, reasons
    assert not {"engine", "style", "count"} & set(reasons)
