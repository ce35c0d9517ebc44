"""Error pages: what happened, that nothing was lost, and what to do now."""

import logging
from dataclasses import dataclass
from uuid import uuid4

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from engine.commands import note_incident
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, SamflodeError, Unavailable, Undone
from web import context, kept, language, sign_in
from web.api import problems
from web.marking import N_

logger = logging.getLogger(__name__)

STATUS = ((NotFound, 404), (NotPermitted, 403), (Conflict, 409), (Invalid, 422), (Unavailable, 503))


@dataclass(frozen=True)
class Explanation:
    """The three sentences of an error page; translated when they are shown."""

    title: str
    what: str
    kept: str
    todo: str


NOTHING_CHANGED = N_("Inget har ändrats och inget har gått förlorat.")

TOO_LARGE = 413
EXPLANATIONS = {
    400: Explanation(
        N_("Sidan kunde inte läsa det som skickades"),
        N_("Webbläsaren skickade något som Samflöde inte förstår."),
        NOTHING_CHANGED,
        N_("Gå tillbaka i webbläsaren, ladda om sidan och försök igen."),
    ),
    403: Explanation(
        N_("Du har inte tillgång till det här"),
        N_("Det du vill se eller göra kräver en annan roll än dem du har."),
        NOTHING_CHANGED,
        N_("Be den som leder arbetet hos er att ge dig rollen, eller gå tillbaka till dina uppgifter."),
    ),
    404: Explanation(
        N_("Sidan finns inte"),
        N_("Adressen är felskriven, eller så är det som fanns här borttaget eller inte till för dig."),
        NOTHING_CHANGED,
        N_("Kontrollera adressen, eller börja om från dina uppgifter."),
    ),
    405: Explanation(
        N_("Sidan kan inte öppnas på det sättet"),
        N_("Adressen tar bara emot ett formulär som skickas in."),
        NOTHING_CHANGED,
        N_("Gå tillbaka i webbläsaren och använd knappen på sidan."),
    ),
    409: Explanation(
        N_("Någon annan hann före"),
        N_("Det du arbetar med har ändrats sedan du öppnade sidan."),
        N_("Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
        N_("Öppna sidan på nytt, se vad som har hänt och gör sedan det som återstår."),
    ),
    413: Explanation(
        N_("Filen är för stor"),
        N_("Det du skickade är större än vad Samflöde tar emot. En fil får vara högst 20 MB."),
        N_("Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
        N_("Gå tillbaka, välj en mindre fil och försök igen."),
    ),
    422: Explanation(
        N_("Något behöver rättas"),
        N_("Det som skickades går inte att spara som det är."),
        N_("Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
        N_("Gå tillbaka, rätta och försök igen."),
    ),
    500: Explanation(
        N_("Något gick fel hos oss"),
        N_("Samflöde kunde inte göra färdigt det du bad om. Felet är noterat."),
        N_("Inget sparades till hälften. Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
        N_("Försök igen om en stund. Händer det igen, hör av dig till förvaltaren och ange numret nedan."),
    ),
    503: Explanation(
        N_("Samflöde är upptaget just nu"),
        N_("Tjänsten startar om eller har mycket att göra."),
        N_("Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
        N_("Vänta en minut och försök igen."),
    ),
}

# Nobody who is signed out may fill the disk with a large file: it is not too large for somebody who is signed in.
TOO_LARGE_SIGNED_OUT = Explanation(
    N_("Du är utloggad"),
    N_("Sidan hade stått öppen så länge att inloggningen hann ta slut. Då tas inga stora filer emot."),
    N_("Det du har skrivit finns kvar om du går tillbaka i webbläsaren."),
    N_("Logga in i en annan flik. Gå sedan tillbaka hit och skicka en gång till."),
)


def install(application: Flask) -> None:
    application.register_error_handler(CSRFError, _session_gone)
    application.register_error_handler(SamflodeError, _refused)
    application.register_error_handler(HTTPException, _http_error)


def page(status: int, what: str | None = None, reference: str | None = None) -> tuple[str, int]:
    """An error page; `what` replaces the general sentence of what happened."""
    explanation = EXPLANATIONS.get(status) or EXPLANATIONS[500 if status >= 500 else 400]
    if status == TOO_LARGE and context.signed_in_person() is None:
        explanation = TOO_LARGE_SIGNED_OUT
    return render_template(
        "errors/error.html",
        explanation=explanation,
        what=what or _(explanation.what),
        reference=reference,
        # Whatever broke may be what the header needs, too.
        bare=status >= 500,
    ), status


def _session_gone(error: CSRFError) -> tuple[str | Response, int]:  # noqa: ARG001 - the reason is for developers
    if kept.is_for_script():
        return kept.for_script()
    sent = kept.of_request()
    if sent is not None:
        return (kept.page(sent), 400) if context.signed_in_person() else (sign_in.page_that_carries(sent), 401)
    return page(400, _("Sidan hade varit öppen så länge att inloggningen hann ta slut, eller så är kakor avstängda."))


def _refused(error: SamflodeError) -> tuple[str, int] | Response:
    if isinstance(error, Undone):
        return _undone(error)
    if problems.is_for_programs():
        return problems.answer_to(error)
    for family, status in STATUS:
        if isinstance(error, family):
            if status >= 500:
                logger.error("%s at %s %s", error, request.method, request.path, exc_info=error)
            return page(status, language.said(str(error)))
    return _broken(error)


def _http_error(error: HTTPException) -> tuple[str, int] | Response:
    if problems.is_for_programs():
        return problems.answer_to(error)
    if isinstance(error, InternalServerError):
        return _broken(error.original_exception or error)
    if error.code is None or error.code < 400:
        return error.get_response()
    return page(error.code)


def _undone(error: Undone) -> tuple[str, int]:
    """An automatic step failed after what somebody did: what they wrote is kept, and an operator sees what failed."""
    now = context.now()
    incident = context.database().run(lambda connection: note_incident(connection, now, error))
    logger.warning("incident %s: %s", incident, error.reason)
    return page(500, language.said(str(error)), reference=incident[:8] if incident else None)


def _broken(error: BaseException) -> tuple[str, int]:
    reference = uuid4().hex[:8]
    logger.error("error %s at %s %s", reference, request.method, request.path, exc_info=error)
    return page(500, reference=reference)
