"""Which looks are refused, and with which words?"""

import dataclasses
from typing import Any

import pytest

from app.rules.branding import HOUSE, Branding, Section, SignatureBlock, Signer, faults_of, tidied
from app.rules.faults import Fault
from app.rules.vocabulary import Language


def test_the_house_is_fine() -> None:
    assert faults_of(HOUSE) == []
    assert tidied(HOUSE) == HOUSE
    assert not HOUSE.has_letterhead
    assert all(HOUSE.shows(section.value) for section in Section)


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"accent": "red"}, [Fault("accent", "colour_unreadable")]),
        ({"accent": "#ff0000"}, [Fault("accent", "contrast_low", {"ratio": "3.99", "nearest": "#ee0000"})]),
        ({"name": "N" * 121}, [Fault("name", "text_too_long", {"limit": "120"})]),
        ({"address": "A\x07"}, [Fault("address", "text_unreadable")]),
        (
            {"signatures": (SignatureBlock(Signer.HR, "HR"), SignatureBlock(Signer.HR))},
            [Fault("signatures[0].label_id", "required"), Fault("signatures", "repeated")],
        ),
    ],
)
def test_every_fault_is_named(changed: dict[str, Any], faults: list[Fault]) -> None:
    assert faults_of(dataclasses.replace(HOUSE, **changed)) == faults


def test_texts_are_tidied() -> None:
    typed = Branding(
        accent=" #0F5C62 ", name="  PT  Maju ", signatures=(SignatureBlock(Signer.HR, " Head  of HR ", "Kepala SDM"),)
    )
    block = SignatureBlock(Signer.HR, "Head of HR", "Kepala SDM")
    assert tidied(typed) == Branding(accent="#0f5c62", name="PT Maju", signatures=(block,))
    assert (block.label(Language.ENGLISH), block.label(Language.INDONESIAN)) == ("Head of HR", "Kepala SDM")
