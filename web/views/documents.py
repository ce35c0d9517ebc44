"""An agreement as a document to read, print and take away, and what differs between two of its versions."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from engine.authorisation import may_archive_agreement
from engine.errors import NotFound
from engine.queries import AgreementDocument, Version, get_document
from engine.queries.agreement_versions import NO_SUCH_VERSION
from web import comparison, context, dates, words
from web.comparison import Change
from web.forms.answers import Answer
from web.views import agreement_words, form_page

blueprint = Blueprint("documents", __name__, url_prefix="/overenskommelser")


@blueprint.get("/<path:key>/dokument")
def one(key: str) -> str:
    """The version in force, or the one asked for with `?version=`; with `?jamfor=` beside another."""
    with context.database().read() as connection:
        document = get_document(connection, context.person(), context.now(), key, asked_number("version"))
        beside = asked_number("jamfor")
        other = get_document(connection, context.person(), context.now(), key, beside) if beside else None
    agreement = document.agreement
    return render_template(
        "agreements/document.html",
        document=document,
        agreement=agreement,
        title=agreement_words.document_title(agreement),
        agreement_pack_title=_over_title(document),
        other=other.version if other else None,
        changes=_changes(other, document) if other else [],
        goals=_goals(document),
        today=context.today(),
        may_archive=bool(may_archive_agreement(context.person(), agreement.organisation)),
    )


def asked_number(name: str) -> int | None:
    """The number of a version in the address, None when none is asked for. Raises `NotFound` for what is no number."""
    given = request.args.get(name, "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 4:
        raise NotFound(NO_SUCH_VERSION)
    return int(given)


def _changes(then: AgreementDocument, now: AgreementDocument) -> list[Change]:
    """The sections whose text differs, each under its title."""
    before = {section.key: section.text or "" for chapter in then.chapters for section in chapter.sections}
    found = []
    for chapter in now.chapters:
        for section in chapter.sections:
            old, new = before.get(section.key, ""), section.text or ""
            if old != new:
                label = f"{section.number} {words.words(section.title)}".strip()
                found.append(comparison.compare(label, old, new))
    return found


@blueprint.app_template_global("version_title")
def version_title(version: Version) -> str:
    """`Version 2, beslutad 17 mar 2026`"""
    if version.is_approved and version.approved_on:
        return _(
            "Version %(number)s, beslutad %(day)s", number=version.number, day=dates.short_date(version.approved_on)
        )
    if version.finished_at:
        day = dates.short_date(version.finished_at)
        return _("Version %(number)s, förslag %(day)s", number=version.number, day=day)
    return _("Version %(number)s, arbetsutkast", number=version.number)


def _over_title(document: AgreementDocument) -> str:
    """What stands over the title: for a local agreement, what it is about."""
    pack = words.pack(document.agreement.pack_key)
    if document.agreement.kind == "regional" or pack is None:
        return agreement_words.kind_title(document.agreement)
    return words.words(pack.title)


def _goals(document: AgreementDocument) -> list[Answer]:
    row = document.goals
    return form_page.read_answers(row.form, row.values, document.agreement.pack_key) if row else []
