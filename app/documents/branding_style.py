"""What does an organisation's own look change in the style of the print page? As few rules as it takes."""

import re
from functools import lru_cache
from typing import Final

from app.rules.branding import Branding, colours
from app.templating import templates_dir

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_FOOTER: Final = """\
body { string-set: paper attr(data-paper), page attr(data-page), of attr(data-of), footer attr(data-footer); }
@page { @bottom-left { content: string(footer) "\\A" string(paper); padding-top: 2.2mm; white-space: pre-line; } }
"""


def style_of(branding: Branding, sheet: str = "scorecard") -> str:
    """What is laid over a style sheet of templates/pdf; it holds no text that anybody typed."""
    return _in_accent(branding.accent, sheet) + (_FOOTER if branding.footer else "")


def with_style(page: str, css: str) -> str:
    """The page with a style of its own, if there is any."""
    return page.replace("</head>", f"<style>\n{css}</style>\n</head>", 1) if css else page


@lru_cache(maxsize=64)
def _in_accent(accent: str, sheet: str) -> str:
    """All colours and borders of the style in the shades of this accent; all, so that the same rules win as before."""
    shades = colours(accent)
    if not shades:
        return ""
    css = _COMMENT.sub("", (templates_dir() / "pdf" / f"{sheet}.css").read_text(encoding="utf-8"))
    rules = ((selector, _coloured(declarations)) for selector, declarations in _RULE.findall(css))
    made = "".join(f"{selector.strip()} {{ {kept}; }}\n" for selector, kept in rules if kept and "@" not in selector)
    for house, shade in shades.items():
        made = made.replace(house, shade)
    return made


def _coloured(declarations: str) -> str:
    every = (each.strip() for each in declarations.split(";"))
    return "; ".join(each for each in every if "#" in each or each.startswith("border"))
