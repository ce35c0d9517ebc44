"""What the script that saves while somebody writes is told: that it is saved, or in words why it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import jsonify
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.drafts import DraftChanged
from engine.commands.start_drafts import StartDraftChanged
from engine.errors import InvalidForm, NotPermitted, SamflodeError
from web import words
from web.dates import clock

Answer = Response | tuple[Response, int]


@dataclass(frozen=True)
class Kept:
    """When it was saved, the version that the page has from now on, and the names of the answered questions."""

    saved_at: datetime
    version: int | str
    answered: list[str]


def tell(keep: Callable[[], Kept]) -> Answer:
    """`choose` among the answers says that another window has saved something else meanwhile."""
    try:
        kept = keep()
    except (DraftChanged, StartDraftChanged) as error:
        return jsonify(message=words.said(str(error)), choose=True), 409
    except InvalidForm as error:
        return jsonify(message=words.said(error.errors[0].message), field=error.errors[0].path), 422
    except SamflodeError as error:
        return jsonify(message=words.said(str(error))), 403 if isinstance(error, NotPermitted) else 409
    return jsonify(
        message=_("Sparat %(time)s", time=clock(kept.saved_at)), version=kept.version, answered=kept.answered
    )
