"""The list of everything that the API answers: each route with its scope, what it takes, gives and refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.people import Person
from engine.tokens import READ

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
ROUTES: list["Route"] = []

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Call:
    """One request on a person's behalf, in one transaction: for writing, unless the method is GET."""

    connection: Connection
    person: Person
    now: datetime


@dataclass(frozen=True)
class Created:
    """Something new, and where it can be read."""

    body: BaseModel
    location: str


@dataclass(frozen=True)
class File:
    """A file to take away."""

    content: bytes
    name: str


@dataclass(frozen=True)
class Route:
    """One method at one address. `path` is written as Flask writes it. `gives` is None for a file or nothing."""

    method: str
    path: str
    view: Callable[..., Any]
    summary: str
    scope: str
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    gives: type[BaseModel] | None
    status: int
    file_type: str | None
    refusals: tuple[int, ...]

    @property
    def name(self) -> str:
        return str(self.view.__name__)

    @property
    def is_repeatable(self) -> bool:
        """Whether an Idempotency-Key is honoured."""
        return self.method == "POST"


def route(
    method: str,
    path: str,
    summary: str,
    *,
    scope: str = READ,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    file_type: str | None = None,
    refusals: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Add a view to the API: called with a `Call`, its address's parts, and `query` and `body` when it takes them."""

    def add(view: View) -> View:
        ROUTES.append(Route(method, path, view, summary, scope, query, body, gives, status, file_type, refusals))
        return view

    return add
