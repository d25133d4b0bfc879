"""What does each advice about objectives and KPIs say, in one friendly sentence with what would be better?"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from app.i18n import Locale, mark
from app.rules.numbers import legible
from app.rules.smart import Advice

ADVICE_TEXTS: Final[Mapping[str, str]] = {
    "abbreviation": mark(
        "Not everybody knows %(words)s: write it out once with the abbreviation in brackets, such as “Net Promoter"
        " Score (NPS)”."
    ),
    "change_without_measure": mark(
        "“%(words)s” – by how much? Say from what to what, such as “from 18 to 25 %%”, so that you can see it happen."
    ),
    "complement": mark(
        "This says the same as “%(other)s”, only the other way round; keep one of the two and measure something else."
    ),
    "credibility_above_source": mark(
        "Data credibility is rated %(rated)s, but this source can carry %(carried)s at most; lower the rating, or let"
        " the figure come from where nobody can change it."
    ),
    "judgement_word": mark(
        "“%(words)s” means something else to each of us; say instead what can be counted or seen."
    ),
    "long_sentence": mark("%(count)s words are a lot to remember; with %(most)s or fewer it is understood at once."),
    "much_harder": mark(
        "%(before)s was reached before and the target is %(target)s: hard is good, but is it possible with what there"
        " is?"
    ),
    "no_date": mark("By when? Set a day, so that both of you know when it is on time and when it is late."),
    "no_definition": mark(
        "Say what is counted and what is not, so that two people would come to the same figure."
    ),
    "no_number": mark(
        "How much or how many? With a figure, such as “25 %%” or “3 new branches”, everybody sees when it is reached."
    ),
    "no_relevance": mark(
        "How does this show that the objective was reached? One sentence here keeps KPIs out that only happen to be"
        " easy to measure."
    ),
    "no_success": mark(
        "What will be different once it is reached? Agree on one sentence now, and there is nothing to argue about at"
        " the end."
    ),
    "no_unit": mark("A figure of what? Name the unit, such as %%, Rp, hours or customers."),
    "not_harder": mark(
        "%(before)s was reached before and the target is %(target)s: would a little more be possible this time?"
    ),
    "number_without_unit": mark("%(number)s of what? Write the unit beside it, such as %%, Rp, hours or customers."),
    "same_name": mark(
        "“%(other)s” has the same name; give each its own, or measure something else with one of them."
    ),
    "seen_once_a_year": mark(
        "Once a year is too late to change anything; could it be seen every quarter or every month?"
    ),
    "several_sentences": mark(
        "Say it in one sentence that both of you can repeat by heart; the rest belongs into the explanation."
    ),
    "source_unnamed": mark(
        "Data credibility is rated %(rated)s: name the system, report or person, so that anybody can look it up."
    ),
    "unchanged_copy": mark(
        "This is still word for word as in the library; say what exactly is counted for this person."
    ),
}  # fmt: skip
"""Code → English; `%(name)s` is filled from the advice's values, a percent sign is written `%%`."""


def advice_text(advice: Advice, locale: Locale) -> str:
    """What would be better, in the reader's language."""
    values = {
        name: locale.measure(legible(value), advice.unit) if isinstance(value, Fraction) else value
        for name, value in advice.values.items()
    }
    return locale.text(ADVICE_TEXTS[advice.code], **values)
