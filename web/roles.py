"""Switching between the roles that somebody has."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web import header
from web.addresses import own_address

blueprint = Blueprint("roles", __name__)


@blueprint.post("/roll")
def choose() -> Response:
    header.choose(request.form.get("role", ""))
    return redirect(own_address(request.form.get("next")))
