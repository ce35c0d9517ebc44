"""Opens what a command works on: settings from the environment, the database, the packs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Invalid, Misconfigured
from engine.packs import shipped_packs
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.database import Database


def open_settings(demo: bool = False) -> Settings:
    """The settings in the environment. Raises Misconfigured."""
    settings = Settings.from_environment(os.environ, demo=demo)
    settings.home.mkdir(parents=True, exist_ok=True)
    return settings


def open_database(settings: Settings) -> "Database":
    """The database, reachable and with up-to-date tables. Raises Misconfigured, with what to do."""
    from engine.database import Database  # noqa: PLC0415 - not every command needs one, and it is long to import
    from engine.database.connection import check_reachable  # noqa: PLC0415
    from engine.database.upgrade import is_current  # noqa: PLC0415

    database = Database(settings.database_url)
    check_reachable(database)
    if not is_current(database):
        raise Misconfigured("Databasen saknar tabeller eller är äldre än programmet. Kör: samflode database upgrade")
    return database


def pack_folders(settings: Settings, chosen: Path | None = None) -> list[Path]:
    """The folder asked for (a path, or a pack's folder name), else those of the settings, else the shipped ones."""
    folders = list(settings.packs) or shipped_packs()
    if chosen is None:
        return folders
    if chosen.is_dir():
        return [chosen]
    named = [folder for folder in folders if folder.name.replace("_", "-") == str(chosen).replace("_", "-")]
    if not named:
        raise Misconfigured(f"Det finns inget processpaket i {chosen}.")
    return named


def writable(file: Path) -> Path:
    """The file, when it can be written: asked before the work, which may take minutes. Raises Invalid."""
    if not file.parent.is_dir():
        raise Invalid(f"Mappen {file.parent} finns inte. Skapa den eller välj en annan fil.")
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        raise Invalid(f"Det går inte att skriva till {file}. Välj en annan fil.")
    return file
