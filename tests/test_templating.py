"""Do templates call everything as Jinja would?"""

from jinja2 import pass_context

from app.i18n import Locale
from app.rules.vocabulary import Language
from app.templating import DirectCalls, environment

MACROS = """
{%- macro box(text, end="") %}<b>{{ text }}{{ end }}</b>{% endmacro -%}
{%- macro frame(text) %}<i>{{ text }}{{ caller() }}</i>{% endmacro -%}
"""


def filled(text: str, **values: object) -> str:
    return environment(Locale(Language.ENGLISH)).from_string(MACROS + text).render(values)


def test_macros_give_markup_and_escape_what_they_are_given() -> None:
    assert filled('{{ box("<", end="&") }}{% call frame(1) %}<2>{% endcall %}') == "<b>&lt;&amp;</b><i>1<2></i>"


def test_who_wants_the_context_gets_it_with_what_the_loop_has_set() -> None:
    @pass_context
    def known(context: DirectCalls, name: str) -> object:
        return context.get(name)

    assert (
        filled(
            '{% for each in [1, 2] %}{% set x = each %}{{ known("y") }}{{ known("x") }}{% endfor %}', known=known, y=0
        )
        == "0102"
    )
    assert filled('{{ ngettext("%(num)s day", "%(num)s days", 2) }}') == "2 days"


def test_methods_and_objects_are_called_with_what_stands_there() -> None:
    class Adder:
        def __call__(self, more: int) -> int:
            return 1 + more

        def twice(self, more: int) -> int:
            return 2 * more

    assert filled("{{ adder(2) }}{{ adder.twice(more=4) }}", adder=Adder()) == "38"
