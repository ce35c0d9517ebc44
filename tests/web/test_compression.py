"""Pages are sent compressed to those who can take it, and how long they are then tells nothing."""

import gzip

from flask.testing import FlaskClient

ACCEPTS = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_a_browser_that_asks(signed_in: FlaskClient) -> None:
    plain = signed_in.get("/hjalp")
    packed = signed_in.get("/hjalp", headers=ACCEPTS)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert b"<h1>" in gzip.decompress(packed.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_the_length_varies_so_that_it_betrays_no_token(signed_in: FlaskClient) -> None:
    lengths = {len(signed_in.get("/hjalp", headers=ACCEPTS).data) for _ in range(20)}
    assert len(lengths) > 5


def test_what_is_small_or_empty_is_left_alone(signed_in: FlaskClient) -> None:
    assert "Content-Encoding" not in signed_in.get("/healthz", headers=ACCEPTS).headers
    assert signed_in.get("/", headers=ACCEPTS).status_code == 302
