"""A small OpenID Connect provider, on a port of its own: discovery, keys, authorisation and tokens by the standard.

It signs in whoever it is told to, demands PKCE, and can be told to answer wrongly.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "samflode", "a secret of the tests"


def leave(_claims: dict[str, Any]) -> None:
    """Nothing is wrong with them."""


class Provider:
    """`subject` is who signs in next; `spoil` may change the claims before they are signed."""

    def __init__(self) -> None:
        self.subject = "f3b1c2"
        self.spoil: Callable[[dict[str, Any]], object] = leave
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signing_key = self.key
        self.issuer = ""
        self.said_issuer: str | None = None
        self._codes: dict[str, dict[str, str]] = {}
        self.application = Flask("provider")
        self.application.add_url_rule("/.well-known/openid-configuration", view_func=self.metadata)
        self.application.add_url_rule("/keys", view_func=self.keys)
        self.application.add_url_rule("/authorize", view_func=self.authorize)
        self.application.add_url_rule("/token", view_func=self.token, methods=["POST"])

    def metadata(self) -> Response:
        return jsonify(
            issuer=self.said_issuer or self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
            response_types_supported=["code"],
            subject_types_supported=["pairwise"],
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        )

    def keys(self) -> Response:
        return jsonify(keys=[self.key.as_dict(private=False)])

    def authorize(self) -> Any:
        asked = request.args
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe(16)
        self._codes[code] = {name: asked[name] for name in ("nonce", "code_challenge", "redirect_uri")}
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def token(self) -> Any:
        given, client = request.form, request.authorization
        asked = self._codes.pop(given.get("code", ""), None)  # a code is worth something once
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = client is not None and (client.username, client.password) == (CLIENT_ID, CLIENT_SECRET)
        if not known or asked is None or asked["code_challenge"] != challenge:
            return jsonify(error="invalid_grant"), 400
        if asked["redirect_uri"] != given.get("redirect_uri"):
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], "email": "admin@example.se", "email_verified": True}
        self.spoil(claims)
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return jsonify(access_token=token_urlsafe(16), token_type="Bearer", expires_in=300, id_token=signed)


@contextmanager
def running_provider() -> Iterator[Provider]:
    """The provider, answering until the block ends."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.application, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
