"""Administration: one module for each subject, all under one blueprint that only administrators come into."""

from web.views.administration import (
    access,
    incidents,
    instances,
    migrations,
    organisations,
    packs,
    people,
    start,
    system,
)
from web.views.administration.place import blueprint

__all__ = [
    "access",
    "blueprint",
    "incidents",
    "instances",
    "migrations",
    "organisations",
    "packs",
    "people",
    "start",
    "system",
]
