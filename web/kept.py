"""What somebody sent from a page that had stood open too long is carried on: over signing in, and to a new token.

Nothing that came without a valid token is done. It comes back on a page that shows what was written, with a button
that sends it once more. Only what this site's own pages have sent is carried.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from web import context
from web.addresses import own_address

FIELD = "kept"
LONGEST = 1_000_000
# Never carried: what only belongs to the request that it came with, and secrets.
_LEFT_OUT = frozenset({"csrf_token", "password", FIELD})
_MOST_FILES, _LONGEST_NAME = 50, 200
_NOT_CARRIED = ("sign_in.", "oidc.", "roles.")

Kept = dict[str, Any]


def page(kept: Kept) -> str:
    """What was sent, with a button that sends it once more with a valid token."""
    # What is a single word may as well be a choice's or a button's value; it is sent all the same.
    shown = [value for name, value in kept["fields"] if not name.startswith("_") and " " in value.strip()]
    return render_template("accounts/kept.html", kept=kept, shown=shown)


def resumed(carried: str) -> str | None:
    """After signing in: the page that carries on what came before, if the sign-in page carried anything."""
    if not carried or len(carried) > LONGEST:
        return None
    try:
        kept = json.loads(carried)
        fields = [(str(name), str(value)) for name, value in kept["fields"] if name not in _LEFT_OUT]
        address, files = str(kept["to"]), _names(kept.get("files"))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if own_address(address) != address:
        return None
    return page({"to": address, "fields": fields, "files": files})


def of_request() -> Kept | None:
    """What this request would have done, if it can be carried on."""
    endpoint = request.endpoint or ""
    if request.method != "POST" or endpoint.startswith(_NOT_CARRIED) or not _from_own_page():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _LEFT_OUT]
    if not fields or sum(len(value) for _name, value in fields) > LONGEST:
        return None
    return {
        "to": request.full_path.rstrip("?"),
        "fields": fields,
        "files": _names([(field, file.filename) for field, file in request.files.items(multi=True)]),
    }


def _names(files: Any) -> list[tuple[str, list[str]]]:
    """The names of files by the field that they were chosen for. The files themselves are kept for nobody unknown."""
    by_field: dict[str, list[str]] = {}
    for field, name in files[:_MOST_FILES] if isinstance(files, list) else ():
        for one in name if isinstance(name, list) else [name]:
            if one:
                by_field.setdefault(str(field)[:_LONGEST_NAME], []).append(str(one)[:_LONGEST_NAME])
    return list(by_field.items())


def _from_own_page() -> bool:
    """Another site's form must not come back with our name on it."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not source or urlsplit(source).netloc == request.host


def is_for_script() -> bool:
    """Whether the page's script has asked, which cannot show a page."""
    return request.accept_mimetypes.best == "application/json"


def for_script() -> tuple[Response, int]:
    """The script that saves drafts is told to wait for a sign-in, or gets a new token to try with at once."""
    if context.signed_in_person() is None:
        return jsonify(message=_("Du är utloggad.")), 401
    return jsonify(message=_("Försök igen."), csrf=generate_csrf()), 400
