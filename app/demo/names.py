"""What are people called, and what is their e-mail address?"""

import re
import unicodedata
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from app.demo.content import names

MAIL_DOMAIN: Final = "example.com"
"""Reserved: no mail ever reaches anybody."""
_PERCENT: Final = 100
_TRIES: Final = 8


class Register:
    """Gives out names and addresses; no address twice, no name twice as long as there are enough."""

    def __init__(self) -> None:
        self._groups = names()
        self._shares = [group["share"] for group in self._groups]
        self._names: set[str] = set()
        self._addresses: dict[str, int] = {}

    def name(self, chance: Random) -> str:
        """Somebody's name."""
        name = self._made_up(chance)
        for _ in range(_TRIES):
            if name not in self._names:
                break
            name = self._made_up(chance)
        self._names.add(name)
        return name

    def email(self, name: str) -> str:
        """The address that belongs to a name."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        parts = re.findall(r"[a-z]+", plain)
        stem = f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else parts[0]
        count = self._addresses[stem] = self._addresses.get(stem, 0) + 1
        return f"{stem}{'' if count == 1 else count}@{MAIL_DOMAIN}"

    def _made_up(self, chance: Random) -> str:
        (group,) = chance.choices(self._groups, self._shares)
        sex = chance.choice(("female", "male"))
        first = chance.choice(group[sex])
        last = [*group["last"], *group.get(f"last_{sex}", ())]
        draw = chance.randrange(_PERCENT)
        if draw < group["single"]:
            return str(first)
        return " ".join((first, *self._middle(group, draw, last, chance), chance.choice(last)))

    @staticmethod
    def _middle(group: Any, draw: int, last: Sequence[str], chance: Random) -> tuple[str, ...]:
        if draw < _PERCENT - group["long"]:
            return ()
        middle = chance.choice(group["middle"])
        # Now and then a really long one, for the layouts that must bear it
        return (middle, chance.choice(last)) if draw == _PERCENT - 1 else (middle,)
