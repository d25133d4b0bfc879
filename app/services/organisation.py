"""By which settings does a service work, where it is not handed any?"""

from functools import cache

from sqlalchemy.orm import Session

from app.settings import Settings, load_settings

SETTINGS = "settings"
"""Where the factory of sessions leaves the settings of its process: `Session.info`."""


def settings_of(session: Session) -> Settings:
    """The settings with which this session's factory was made, or else those of the environment."""
    settings: Settings | None = session.info.get(SETTINGS)
    return settings or _from_environment()


@cache
def _from_environment() -> Settings:
    return load_settings()
