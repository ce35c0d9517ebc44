"""One row per municipality with everything that the follow-up asks for: each column with its meaning and its value."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.bpmn.moments import add_duration_to_date
from engine.clock import local_date
from engine.queries.rows import DecisionRow, StatusPicture, StatusRow
from exports.language import Translate
from exports.status_words import agreement_words, duration_words, outcome_words, row_words, task_words, waiting_words
from exports.tables import Column, Kind, Marked, Missing, Table, Value

ONE_PAGE = 20  # so many municipalities are still readable on pages of one height


@dataclass(frozen=True)
class Field:
    """A column, and how its value is found."""

    title: str
    meaning: str
    value: Callable[[StatusRow], Value]
    kind: Kind = "text"
    width: float = 16

    def column(self, limit: str, say: Translate) -> Column:
        """`limit` is how long an agreement counts as followed up, in words."""
        return Column(say(self.title).format(limit=limit), say(self.meaning).format(limit=limit), self.kind, self.width)


def municipalities_table(picture: StatusPicture, say: Translate) -> Table:
    limit = duration_words(str(picture.pack.parameters.get("follow_up_limit", "P24M")), say)
    fields = [*_place(say), *_stage(picture, say), *_agreement(say), *_follow_up(picture, say)]
    return Table(
        key="Kommuner",
        title=say("Kommuner"),
        columns=[
            Column(
                say(field.title).format(limit=limit), say(field.meaning).format(limit=limit), field.kind, field.width
            )
            for field in fields
        ],
        rows=[[field.value(row) for field in fields] for row in picture.rows],
        pages_wide=3,
        pages_high=1 if len(picture.rows) <= ONE_PAGE else 0,
        fixed_columns=2,
    )


def _place(say: Translate) -> list[Field]:
    return [
        Field("Kod", "Officiell kommunkod.", lambda row: row.organisation, width=7),
        Field(
            "Kommun", "Kommunen som har eller ska ha en överenskommelse med regionen.", lambda r: r.organisation_name
        ),
        Field(
            "Läge",
            "Läget i det skede som mest behöver uppmärksamhet. Orden förklaras under Status på bladet Definitioner.",
            lambda row: Marked(row_words(row, say), row.status),
            width=20,
        ),
    ]


def _stage(picture: StatusPicture, say: Translate) -> list[Field]:
    def stage(row: StatusRow) -> Value:
        found = picture.pack.stage(row.current_stage) if row.current_stage else None
        return say(found.title) if found else Missing(say("mellan skeden") if row.agreement_key else say("inte än"))

    def due(row: StatusRow) -> Value:
        return local_date(row.due_task.due_at) if row.due_task else Missing(say("ingen"))

    return [
        Field("Nuvarande skede", "Skedet som läget gäller. Flera skeden kan pågå samtidigt.", stage, width=22),
        Field(
            "I skedet sedan",
            "Dagen då det pågående varvet av skedet började.",
            lambda row: local_date(row.stage_since) if row.stage_since else _not_yet(say),
            "date",
            11.5,
        ),
        Field(
            "Dagar försenad",
            "Hela dagar sedan det tidigaste datum som har passerats. 0 betyder i tid.",
            lambda row: row.days_late if row.agreement_key else _not_yet(say),
            "number",
            10,
        ),
        Field(
            "Uppgift",
            "Den öppna uppgift i skedet som ska vara klar först.",
            lambda row: task_words(row.due_task, say) if row.due_task else Missing(say("ingen")),
            width=28,
        ),
        Field("Ska vara klar", "Uppgiftens datum.", due, "date", 11.5),
        Field(
            "Väntar på",
            "Den som har tagit uppgiften, annars rollen och var den finns.",
            lambda row: waiting_words(row.due_task, say) if row.due_task else Missing(say("ingen")),
            width=26,
        ),
        Field(
            "Processledare",
            "Den som leder arbetet, enligt det som registrerats senast.",
            lambda row: row.process_leader or _expected(row, say),
            width=25,
        ),
        Field(
            "Styrgrupp",
            "Gruppen som godkänner arbetet, enligt det som registrerats senast.",
            lambda row: row.steering_group or _expected(row, say),
            width=21,
        ),
    ]


def _agreement(say: Translate) -> list[Field]:
    return [
        Field(
            "Överenskommelse",
            "Den lokala överenskommelsens status.",
            lambda row: agreement_words(row.agreement_status, say),
            width=17,
        ),
        Field(
            "Gäller från",
            "Dagen då överenskommelsen trädde i kraft.",
            lambda row: row.in_force_on or _not_yet(say),
            "date",
            11.5,
        ),
        Field(
            "Gäller till",
            "Sista dagen som överenskommelsen gäller.",
            lambda row: row.valid_to if row.valid_to and row.in_force_on else _not_yet(say),
            "date",
            11.5,
        ),
        *_decision("Kommunens", "kommunen", lambda row: row.municipality_decision, say),
        *_decision("Regionens", "regionen", lambda row: row.region_decision, say),
    ]


def _decision(whose: str, who: str, find: Callable[[StatusRow], DecisionRow | None], say: Translate) -> list[Field]:
    """Outcome, date and case number of one party's own decision: the two parties are always shown apart."""

    def part(read: Callable[[DecisionRow], Value]) -> Callable[[StatusRow], Value]:
        def value(row: StatusRow) -> Value:
            found = find(row)
            return _not_yet(say) if found is None else read(found) or Missing(say("saknas"))

        return value

    return [
        Field(
            f"{whose} beslut", f"Det senaste beslut som {who} själv har fattat.", part(lambda d: outcome_words(d, say))
        ),
        Field(f"{whose} beslutsdatum", f"Dagen då {who} beslutade.", part(lambda d: d.decided_on), "date", 13),
        Field(f"{whose} diarienummer", f"Ärendets nummer hos {who}.", part(lambda d: d.case_number), width=16),
    ]


def _follow_up(picture: StatusPicture, say: Translate) -> list[Field]:
    def phase(row: StatusRow) -> Value:
        found = picture.pack.stage(row.phase) if row.phase else None
        return say(found.title) if found else _not_yet(say)

    def next_review(row: StatusRow) -> Value:
        return row.next_review or (Missing(say("ingen planerad")) if row.in_force_on else _not_yet(say))

    return [
        Field("IRIS-fas", "Fasen i införandet som pågår, annars den senaste.", phase, width=20),
        Field(
            "Senaste årliga uppföljning",
            "Dagen då den senaste årliga uppföljningen avslutades.",
            lambda row: row.last_review or _not_yet(say),
            "date",
            13,
        ),
        Field(
            "Nästa årliga uppföljning",
            "Årsdagen som nästa uppföljning hör till, eller den som pågår.",
            next_review,
            "date",
            13,
        ),
        Field(
            "Uppföljd inom {limit}",
            "Om överenskommelsen har följts upp inom {limit}, räknat från den senaste årliga uppföljningen "
            "eller från att den trädde i kraft. Öppna jämförelser räknar bara sådana överenskommelser.",
            lambda row: _followed_up(row, picture, say),
            width=17,
        ),
        Field(
            "Uppföljd till och med",
            "Sista dagen som den räknas som uppföljd.",
            lambda row: row.followed_up_until or _not_yet(say),
            "date",
            13,
        ),
        Field(
            "Öppna avvikelser",
            "Avvikelser som rör kommunen och inte är avslutade.",
            lambda row: row.open_deviations,
            "number",
            11,
        ),
    ]


def _followed_up(row: StatusRow, picture: StatusPicture, say: Translate) -> Value:
    """Yes, no, or yes with a warning when the limit is near."""
    if row.followed_up is None:
        return _not_yet(say)
    if not row.followed_up:
        return Marked(f"▲ {say('Nej')}", "late")
    warning = picture.pack.parameters.get("follow_up_warning")
    counted_from = max((day for day in (row.in_force_on, row.last_review) if day), default=None)
    if warning and counted_from and local_date(picture.as_of) > add_duration_to_date(counted_from, str(warning)):
        return Marked(f"◆ {say('Ja, går snart ut')}", "wait")
    return Marked(f"✔ {say('Ja')}", "done")


def _not_yet(say: Translate) -> Missing:
    return Missing(say("inte än"))


def _expected(row: StatusRow, say: Translate) -> Missing:
    """Missing when the work has begun, for then somebody should have been named."""
    return Missing(say("saknas")) if row.agreement_key else _not_yet(say)
