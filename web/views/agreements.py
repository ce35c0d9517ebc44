"""Agreements: the list, one agreement's page and its diagram."""

from flask import Blueprint, Response, abort, render_template, request

from engine.queries import get_agreement, standings
from web import context
from web.views import agreement_words, timeline

blueprint = Blueprint("agreements", __name__, url_prefix="/overenskommelser")


@blueprint.get("")
def show() -> str:
    over = request.args.get("visa") == "alla"
    with context.database().read() as connection:
        found = standings(connection, context.now(), over=over)
    mine = context.person().organisations
    return render_template(
        "agreements/list.html",
        regional=[one for one in found if one.agreement.kind == "regional"],
        mine=[one for one in found if one.agreement.organisation in mine],
        others=[one for one in found if one.agreement.kind == "local" and one.agreement.organisation not in mine],
        over=over,
    )


@blueprint.get("/<path:key>")
def one(key: str) -> str:
    with context.database().read() as connection:
        detail = get_agreement(connection, context.person(), context.now(), key)
    return render_template(
        "agreements/one.html",
        detail=detail,
        agreement=detail.agreement,
        main=agreement_words.main_cell(detail.stages),
        heading=agreement_words.heading(detail),
        lead=agreement_words.lead(detail, context.today()),
        timeline=timeline.draw(detail, context.today()),
        kind=agreement_words.kind_title(detail.agreement),
        party_decisions=[decision for decision in detail.decisions if decision.kind == "party"],
        today=context.today(),
    )


@blueprint.get("/<path:key>/modell/<instance_id>.bpmn")
def model(key: str, instance_id: str) -> Response:
    """The model of one of the agreement's running processes, for the diagram on its page."""
    with context.database().read() as connection:
        detail = get_agreement(connection, context.person(), context.now(), key)
    diagram = next((one for one in detail.diagrams if one.instance_id == instance_id), None)
    if diagram is None:
        abort(404)
    return Response(diagram.bpmn, mimetype="application/xml")
