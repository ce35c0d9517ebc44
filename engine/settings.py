"""Reads every setting from the environment, once, at the edge; nothing else looks at environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import Misconfigured

LOCALES = ("sv", "en")
DEFAULT_BASE_URL = "http://127.0.0.1:8000"
DEMO_SECRET_KEY = "demo-only-not-a-secret"  # noqa: S105 - the demo has only made-up data and listens on this machine


@dataclass(frozen=True)
class Oidc:
    """The organisation's identity provider: its address, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Settings:
    """What the installation has decided. `packs` is empty when the packs shipped with the product are meant."""

    database_url: str
    home: Path
    packs: tuple[Path, ...]
    secret_key: str | None
    base_url: str
    smtp_url: str | None = None
    locale: str = "sv"
    timezone: str = "Europe/Stockholm"
    demo: bool = False
    oidc: Oidc | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], demo: bool = False) -> "Settings":
        """The settings in `environ`; raises `Misconfigured` with one line that says what to do."""
        home = Path(environ.get("SAMFLODE_HOME") or ".samflode").expanduser().resolve()
        return cls(
            database_url=environ.get("SAMFLODE_DATABASE_URL") or f"sqlite:///{home / 'samflode.sqlite3'}",
            home=home,
            packs=_folders(environ.get("SAMFLODE_PACKS", "")),
            secret_key=_secret_key(environ.get("SAMFLODE_SECRET_KEY"), demo),
            base_url=(environ.get("SAMFLODE_BASE_URL") or DEFAULT_BASE_URL).rstrip("/"),
            smtp_url=environ.get("SAMFLODE_SMTP_URL") or None,
            locale=_locale(environ.get("SAMFLODE_LOCALE") or "sv"),
            timezone=_timezone(environ.get("SAMFLODE_TIMEZONE") or "Europe/Stockholm"),
            demo=demo,
            oidc=_oidc(environ),
        )


def _secret_key(value: str | None, demo: bool) -> str | None:
    return value or (DEMO_SECRET_KEY if demo else None)


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    names = ("SAMFLODE_OIDC_ISSUER", "SAMFLODE_OIDC_CLIENT_ID", "SAMFLODE_OIDC_CLIENT_SECRET")
    values = [(environ.get(name) or "").strip() for name in names]
    if not any(values):
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise Misconfigured(f"{', '.join(missing)} saknas. Ange alla tre SAMFLODE_OIDC_-inställningarna eller ingen.")
    local = ("http://127.0.0.1", "http://localhost")
    if not values[0].startswith(("https://", *local)):
        raise Misconfigured("SAMFLODE_OIDC_ISSUER ska börja med https://.")
    return Oidc(*values)


def _folders(value: str) -> tuple[Path, ...]:
    folders = tuple(Path(part.strip()).expanduser().resolve() for part in value.split(":") if part.strip())
    for folder in folders:
        if not (folder / "pack.toml").is_file():
            raise Misconfigured(f"SAMFLODE_PACKS: {folder} innehåller ingen pack.toml. Ange mappar med processpaket.")
    return folders


def _locale(value: str) -> str:
    if value not in LOCALES:
        raise Misconfigured(f"SAMFLODE_LOCALE: {value!r} finns inte. Välj {' eller '.join(LOCALES)}.")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(
            f"SAMFLODE_TIMEZONE: {value!r} är ingen tidszon. Skriv till exempel Europe/Stockholm."
        ) from error
    return value
