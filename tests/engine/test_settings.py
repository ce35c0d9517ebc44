"""Settings from the environment, and the one line that says what is wrong."""

from pathlib import Path

import pytest

from engine.errors import Misconfigured
from engine.settings import Settings


def test_nothing_set_gives_an_embedded_database_and_swedish(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SAMFLODE_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/samflode.sqlite3"
    assert (settings.locale, settings.timezone, settings.secret_key) == ("sv", "Europe/Stockholm", None)
    assert Settings.from_environment({"SAMFLODE_HOME": str(tmp_path)}, demo=True).secret_key


@pytest.mark.parametrize(
    ("name", "value"),
    [("SAMFLODE_LOCALE", "fi"), ("SAMFLODE_TIMEZONE", "Mars/Base"), ("SAMFLODE_PACKS", "/nowhere/at/all")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Settings.from_environment({name: value})
