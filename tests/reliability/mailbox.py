"""A mail server of the tests' own, which keeps what it gets."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message, message_from_bytes


class Mailbox(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as smtplib needs. `refuse`: addresses that it does not want."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"
        self.messages: list[message.Message] = []
        self.refuse: set[str] = set()

    def arrivals(self) -> Counter[str]:
        """How often each message id has come."""
        return Counter(str(each["Message-ID"]).strip("<>").split("@")[0] for each in self.messages)


class _Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self._say("354 go on")
                self.server.messages.append(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
            elif word == b"RCPT" and any(address.encode() in line for address in self.server.refuse):
                self._say("550 nobody here")
                continue
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        threading.Thread(target=box.serve_forever, daemon=True).start()
        yield box
        box.shutdown()
