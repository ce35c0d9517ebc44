"""Deviations: the list, reporting one in a minute, and following it."""

from flask import Blueprint, render_template, request

from engine.queries import get_deviation, list_deviations
from web import context
from web.views import focus, form_page

blueprint = Blueprint("deviations", __name__, url_prefix="/avvikelser")

REPORT = "deviation"


@blueprint.get("")
def show() -> str:
    organisation = request.args.get("kommun") or None
    open_only = request.args.get("lage", "open") == "open"
    with context.database().read() as connection:
        rows = list_deviations(
            connection, context.person(), context.now(), organisation=organisation, open_only=open_only
        )
    return render_template(
        "deviations/list.html",
        rows=rows,
        organisation=organisation,
        open_only=open_only,
        municipalities=focus.named(
            sorted({row.organisation for row in rows if row.organisation} | {organisation or ""} - {""})
        ),
        process_key=REPORT,
    )


@blueprint.get("/<key>")
def one(key: str) -> str:
    with context.database().read() as connection:
        detail = get_deviation(connection, context.person(), context.now(), key)
    pack_key = detail.pack_key
    return render_template(
        "deviations/one.html",
        detail=detail,
        deviation=detail.deviation,
        read_answers=lambda row: form_page.read_answers(row.form, row.values, pack_key),
    )
