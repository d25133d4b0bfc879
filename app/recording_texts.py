"""What do the refusals say that belong to recording: who records, evidence, verification, spreadsheets of figures?"""

from collections.abc import Mapping
from typing import Final

RECORDING_TEXTS: Final[Mapping[str, str]] = {
    "recorder_is_employee": "must be somebody other than the employee",
    "recorder_left": "cannot be %(name)s, who leaves before the plan ends",
    # evidence
    "evidence_gone": "This file is not there any more.",
    "evidence_kind_refused": "must be a PDF, PNG, JPEG, XLSX, DOCX, CSV or text file; its content decides",
    "evidence_image_damaged": "is an image that cannot be read, or one with more than 50 million dots",
    "evidence_known": "is evidence of this figure already",
    "too_many_evidence_files": "are too many: %(most)s files at most belong to one figure",
    # verification
    "check_own_entry": "You recorded this figure yourself; somebody else has to verify it.",
    "entry_note_needed": "say what should be put right",
    # figures in a spreadsheet
    "figures_file_foreign": "is not a file of figures that was downloaded here",
    "figures_file_empty": "holds no row with figures",
    "figures_import_overtaken": "Somebody else has changed one of these figures in the meantime. Look again.",
    "figure_row_twice": "stands in row %(line)s too",
    "figure_row_unknown": "belongs to no figure that you may record",
    "figure_key_missing": "has no key; the grey columns must stay as they were downloaded",
    "milestone_mark_unreadable": "must be x or empty",
    "yes_no_unreadable": "must be yes or no",
}
