"""Files to take away about agreements and decisions: the document, the lists as shown, the whole case."""

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext as _

from engine.errors import NotFound
from engine.queries import Case, get_case, get_document, read_content
from exports.archive import case_listing, zip_of_case
from exports.delimited import csv_bytes
from exports.document import WORD, document_file_name, word_document
from exports.kinds import FORMATS, file_name
from exports.language import translator
from exports.register_tables import history_table
from exports.tables import About, Table
from exports.workbook import workbook_of_tables
from web import context, language, words
from web.views import agreement_tables, agreement_words, agreements, decisions, form_page
from web.views.documents import asked_number

blueprint = Blueprint("agreement_files", __name__, url_prefix="/hamta")


@blueprint.get("/dokument/<path:key>.docx")
def document(key: str) -> Response:
    """The agreement as a Word document: the version in force, or the one asked for."""
    with context.database().read() as connection:
        found = get_document(connection, context.person(), context.now(), key, asked_number("version"))
    pack = words.pack(found.agreement.pack_key)
    if pack is None:
        raise NotFound("Överenskommelsen finns inte.")
    locale = language.current()
    content = word_document(found, pack, translator(pack, locale), locale, context.now())
    return _file(content, document_file_name(found), WORD)


@blueprint.get("/arende/<path:key>.zip")
def archive(key: str) -> Response:
    """The whole case for the archive: the document, what was handed in, decisions, history and files."""
    with context.database().read() as connection:
        case = get_case(connection, context.person(), key)
        found = get_document(connection, context.person(), context.now(), key)
        pack = words.pack(case.agreement.pack_key)
        if pack is None:
            raise NotFound("Överenskommelsen finns inte.")
        locale = language.current()
        say = translator(pack, locale)
        texts = {
            document_file_name(found): word_document(found, pack, say, locale, context.now()),
            f"{_('handlingar')}.html": _submissions(case).encode(),
            f"{_('beslut')}.csv": csv_bytes(agreement_tables.decisions_table(case.decisions), locale),
            f"{_('historik')}.csv": csv_bytes(history_table(case.events, say), locale),
        }
        content = zip_of_case(texts, case.files, lambda file: read_content(connection, file), case_listing(case, say))
    name = document_file_name(found).partition("-version")[0].removesuffix(".docx")
    return _file(content, f"{name}.zip", "application/zip")


def _submissions(case: Case) -> str:
    return render_template(
        "agreements/archive.html",
        case=case,
        title=agreement_words.document_title(case.agreement),
        read_answers=lambda row: form_page.read_answers(row.form, row.values, case.agreement.pack_key),
    )


@blueprint.get("/beslut.<suffix>")
def decisions_taken(suffix: str) -> Response:
    """The decisions that the page of decisions shows, with its filters."""
    return _table(agreement_tables.decisions_table(decisions.chosen_decisions()), "decisions", suffix)


@blueprint.get("/overenskommelser.<suffix>")
def agreement_list(suffix: str) -> Response:
    """The agreements that the list shows, with its filters."""
    return _table(agreement_tables.agreements_table(agreements.chosen_standings()), "agreements", suffix)


def _table(table: Table, kind: str, suffix: str) -> Response:
    if suffix not in FORMATS:
        abort(404)
    locale = language.current()
    name = file_name(kind, suffix, context.now())
    if suffix == "csv":
        return _file(csv_bytes(table, locale), name, FORMATS[suffix])
    pack = next(iter(words.titles().packs.values()), None)
    if pack is None:
        raise NotFound("Inget processpaket är inläst än. Be en administratör läsa in ett.")
    about = About(table.title, context.now(), context.now(), locale)
    return _file(workbook_of_tables([table], about, translator(pack, locale)), name, FORMATS[suffix])


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
