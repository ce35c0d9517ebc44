"""Response headers that keep the browser from doing what we never ask of it."""

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install(application: Flask) -> None:
    https = bool(application.config["SESSION_COOKIE_SECURE"])
    always = HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if https else {})
    # Not no-store: with it the browser's back button would lose what somebody has written.
    pages = always | {"Cache-Control": "private, no-cache"}

    @application.after_request
    def add_headers(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        wanted = always if request.endpoint == "static" else pages
        response.headers.extend((name, value) for name, value in wanted.items() if name.lower() not in said)
        return response
