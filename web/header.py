"""The head of every page: main menu, the role one acts in, the account."""

from dataclasses import dataclass

from flask import Flask, current_app, request, session, url_for
from flask_babel import gettext as _

from engine.alphabet import swedish_order
from engine.people import ADMINISTRATOR, Person, StandIn
from engine.queries.tasks import MOST_SHOWN, TaskCount
from engine.queries.titles import Titles
from web import context, words
from web.marking import N_
from web.surroundings import surroundings

Grant = tuple[str, str]  # role, organisation


@dataclass(frozen=True)
class MenuItem:
    """A place in the main menu. It is shown once a view with that endpoint exists."""

    endpoint: str
    title: str
    only_for: str | None = None  # a role, when not everybody has use for the page
    key: str = ""  # with `g` before it, the keyboard shortcut that leads there
    also: tuple[str, ...] = ()  # other blueprints that belong to the same place

    @property
    def blueprint(self) -> str:
        return self.endpoint.partition(".")[0]


MENU = (
    MenuItem("tasks.show", N_("Mina uppgifter"), key="u", also=("chosen_tasks", "saved_filters")),
    MenuItem("agreements.show", N_("Överenskommelser"), key="o"),
    MenuItem("decisions.show", N_("Beslut"), key="b"),
    MenuItem("deviations.show", N_("Avvikelser"), key="a"),
    MenuItem("county.show", N_("Länsbild"), key="l"),
    MenuItem("administration.show", N_("Administration"), only_for=ADMINISTRATOR, also=("mail",)),
)

ACCOUNT = (
    MenuItem("account.show", N_("Mina inställningar")),
    MenuItem("substitutes.show", N_("Utse ersättare")),
)


@dataclass(frozen=True)
class Choice:
    """A role to act in. An empty value means all of them at once."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Link:
    title: str
    address: str
    here: bool
    count: TaskCount | None = None


def install(application: Flask) -> None:
    application.context_processor(
        lambda: {
            "menu": menu,
            "account_links": account_links,
            "role_choices": role_choices,
            "standing_in": standing_in,
            "static": static,
            "shown_number": shown,
        }
    )


def static(filename: str) -> str:
    return url_for("static", filename=filename)


def acting() -> Grant | None:
    """The (role, organisation) chosen in the head of the page, or None for all that the person has."""
    role, separator, organisation = str(session.get("acting", "")).partition("/")
    chosen = (role, organisation)
    return chosen if separator and chosen in context.person().grants else None


def choose(value: str) -> None:
    """Remembers the role to act in; what is not the person's own counts as all of them."""
    session["acting"] = value


def menu() -> list[Link]:
    return _links(MENU)


def account_links() -> list[Link]:
    return _links(ACCOUNT)


def role_choices() -> list[Choice]:
    """What the person can switch between; one or none when there is nothing to choose."""
    person = context.person()
    titles = words.titles()
    chosen = acting()
    choices = [
        Choice(
            f"{role}/{organisation}", _role_title(person, titles, role, organisation), (role, organisation) == chosen
        )
        for role, organisation in person.grants
    ]
    choices.sort(key=lambda choice: swedish_order(choice.title))
    if len(choices) > 1:
        choices.insert(0, Choice("", _("Alla mina roller"), chosen is None))
    return choices


def standing_in() -> list[StandIn]:
    """Those whom the person acts for at the moment, each once, with the longest of their absences."""
    found: dict[str, StandIn] = {}
    for absent in sorted(context.person().standing_in, key=lambda absent: absent.last_day):
        found[absent.person_id] = absent
    return sorted(found.values(), key=lambda absent: swedish_order(absent.name))


def _role_title(person: Person, titles: Titles, role: str, organisation: str) -> str:
    title = grant_title(titles, role, organisation)
    lender = person.acts_for(role, organisation)
    names = [absent.name for absent in person.standing_in if absent.person_id == lender]
    return _("%(role)s (för %(name)s)", role=title, name=names[0]) if names else title


def grant_title(titles: Titles, role: str, organisation: str) -> str:
    """`Mora, processledare`"""
    if role == ADMINISTRATOR:
        name = _("Administratör")
    else:
        known = (titles.role(key, role) for key in titles.packs)
        name = words.words(next((title for title in known if title != role), role))
    place = words.words(titles.organisation(organisation))
    if not place or place.startswith(name):
        return place or name
    # "processledare" within a sentence, but "RSS" as it is
    small = name[:1].lower() + name[1:] if name[1:2].islower() else name
    return _("%(organisation)s, %(role)s", organisation=place, role=small)


def reachable(items: tuple[MenuItem, ...] = MENU) -> list[MenuItem]:
    """What there is for the person in this installation."""
    person = context.signed_in_person()
    return [item for item in items if item.endpoint in current_app.view_functions and _has_use_for(person, item)]


def _links(items: tuple[MenuItem, ...]) -> list[Link]:
    return [
        Link(
            title=_(item.title),
            address=url_for(item.endpoint),
            here=request.blueprint in (item.blueprint, *item.also),
            count=_my_tasks() if item.blueprint == "tasks" else None,
        )
        for item in reachable(items)
    ]


def _my_tasks() -> TaskCount | None:
    """What is shown beside "Mina uppgifter", for all the person's roles; nothing when there is nothing to do."""
    mine = surroundings().mine
    return mine if mine.open else None


def shown(number: int) -> str:
    """`12`, or `99+`: as many as there is room for."""
    return str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+"


def _has_use_for(person: Person | None, item: MenuItem) -> bool:
    return person is not None and (item.only_for is None or person.holds(item.only_for))
