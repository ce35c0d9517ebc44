"""The last sheet of the status workbook: what the words mean, and of when and where the data is."""

from collections.abc import Iterator, Sequence

from engine.queries.rows import StatusPicture
from exports.language import Translate
from exports.status_words import MEANINGS, WORDS, agreement_words, status_word
from exports.tables import About, Column, Marked, Table, Value
from exports.workbook.cells import local


def definitions_table(picture: StatusPicture, about: About, tables: Sequence[Table], say: Translate) -> Table:
    return Table(
        key="Definitioner",
        title=say("Definitioner"),
        columns=[
            Column(say("Blad eller ämne"), width=22),
            Column(say("Begrepp"), width=34),
            Column(say("Betydelse"), kind="long", width=96),
        ],
        rows=[*_data(picture, about, say), *_statuses(say), *_words(say), *_columns(tables)],
        note=say("Så ska siffrorna och orden läsas."),
    )


def _data(picture: StatusPicture, about: About, say: Translate) -> Iterator[list[Value]]:
    subject = say("Uppgifterna")
    yield [subject, say("Datum för uppgifterna"), f"{local(about.as_of):%Y-%m-%d %H:%M}"]
    yield [subject, say("Filen gjordes"), f"{local(about.generated_at):%Y-%m-%d %H:%M}"]
    yield [subject, say("Källa"), say("Samflöde: det som processledare, styrgrupper och parter har registrerat.")]
    agreement = picture.regional
    if agreement is not None:
        text = f"{agreement.title}. {agreement_words(agreement.status, say)}"
        if agreement.in_force_on and agreement.valid_to:
            text += f", {agreement.in_force_on:%Y-%m-%d} – {agreement.valid_to:%Y-%m-%d}"
        yield [subject, say("Regional överenskommelse"), f"{text}."]
    pack = picture.pack
    validity = say("{title}, version {version}, gäller {first} till {last}.").format(
        title=say(pack.title), version=pack.version, first=pack.valid_from, last=pack.valid_to
    )
    yield [subject, say("Processpaket"), validity]


def _statuses(say: Translate) -> Iterator[list[Value]]:
    for status in WORDS:
        yield [say("Status"), Marked(status_word(status, say), status), say(MEANINGS[status])]
    order = (
        "Har ett skede flera lägen samtidigt visas det första av: försenad, väntar på beslut, återremitterad, pågår."
    )
    yield [say("Status"), say("Ordning"), say(order)]


def _words(say: Translate) -> Iterator[list[Value]]:
    subject = say("Tomma värden")
    yield [
        subject,
        say("saknas"),
        say("Uppgiften borde finnas men har inte registrerats. Det är aldrig detsamma som 0."),
    ]
    yield [subject, say("inte än"), say("Arbetet har inte kommit så långt att uppgiften kan finnas.")]
    yield [subject, say("ingen"), say("Ingen uppgift är öppen just nu.")]
    yield [subject, say("mellan skeden"), say("Inget skede pågår, till exempel mellan två årliga uppföljningar.")]


def _columns(tables: Sequence[Table]) -> Iterator[list[Value]]:
    for table in tables:
        for column in table.columns:
            yield [table.title, column.title, column.meaning]
