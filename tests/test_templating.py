"""Do templates call everything as Jinja would?"""

from markupsafe import Markup

from app.i18n import Locale
from app.rules.vocabulary import Language
from app.templating import environment

MACROS = """
{%- macro box(text, end="") %}<b>{{ text }}{{ end }}</b>{% endmacro -%}
{%- macro frame(text) %}<i>{{ text }}{{ caller() }}</i>{% endmacro -%}
"""


def filled(text: str, **values: object) -> str:
    return environment(Locale(Language.ENGLISH)).from_string(MACROS + text).render(values)


def test_macros_give_markup_and_escape_what_they_are_given() -> None:
    assert filled('{{ box("<", end="&") }}{% call frame(1) %}<2>{% endcall %}') == "<b>&lt;&amp;</b><i>1<2></i>"


def test_a_function_of_the_environment_that_wants_the_context_gets_it() -> None:
    assert filled('{% for each in [1, 2] %}{{ ngettext("%(num)s day", "%(num)s days", each) }} {% endfor %}') == (
        "1 day 2 days "
    )


def test_fixed_texts_are_translated_when_the_template_becomes_code() -> None:
    made = environment(Locale(Language.INDONESIAN))
    code = made.compile('{{ _("Weight") }}{% trans %}Weight{% endtrans %}{{ {1: _("Yes"), 2: _("No")}[n] }}', raw=True)
    assert "Weight" not in code
    template = made.from_string(
        '{{ _("Weight") }} {% trans %}Weight{% endtrans %} {{ {1: _("Yes"), 2: _("No")}[n] }}'
        ' {{ _("Weight") ~ ": <" ~ n }} {{ _("Total of %(name)s", name="<b>") }}'
    )
    assert [template.render(n=n) for n in (1, 2)] == [
        f"Bobot Bobot {word} Bobot: &lt;{n} Total of &lt;b&gt;" for n, word in ((1, "Ya"), (2, "Tidak"))
    ]


def test_marks_in_a_text_of_ours_stay_and_the_percent_sign_is_written_twice() -> None:
    assert filled('{{ _("<b>100%%</b>") }} {{ _("<b>1</b>") ~ " & " ~ _("2") }} {{ _("<i>%(x)s</i>", x=">") }}') == (
        "<b>100%</b> <b>1</b> &amp; 2 <i>&gt;</i>"
    )


def test_what_is_printed_is_escaped_unless_it_is_safe() -> None:
    class Own:
        def __html__(self) -> str:
            return "<own>"

    assert filled("{{ a }}{{ b }}{{ c }}{{ d }}", a="<", b=Markup("<b>"), c=Own(), d=None) == "&lt;<b><own>None"


def test_methods_and_objects_are_called_with_what_stands_there() -> None:
    class Adder:
        def __call__(self, more: int) -> int:
            return 1 + more

        def twice(self, more: int) -> int:
            return 2 * more

    assert filled("{{ adder(2) }}{{ adder.twice(more=4) }}", adder=Adder()) == "38"
