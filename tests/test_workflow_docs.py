"""Does the page about the workflow say what the table says?"""

import runpy
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_page_is_that_of_the_table() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "workflow.py"))["page"]()
    assert (ROOT / "docs" / "workflow.md").read_text("utf-8") == made
