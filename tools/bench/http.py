"""`http`: completion over the HTTP API, 16 people at once; to a Flask route on the same server that returns `ok`."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.clock import utc_now
from engine.database import Database
from engine.tokens import WORK, create_token
from tools.bench import server, tiny_pack
from tools.bench.databases import Place
from tools.bench.measure import Line, Times, clock, line

PEOPLE = 16
_PATIENCE_SECONDS = 30


class Client:
    """One person's program: completes its task over and over, on one connection per round."""

    def __init__(self, port: int, secret: str, task_id: str) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._task_id = task_id

    def round(self, step: Callable[["Client"], None], each: int) -> list[float]:
        """Take `each` steps on a connection of its own: while others finish theirs, the server closes idle ones."""
        self._http.close()
        return [clock(lambda: step(self)) for _ in range(each)]

    def complete(self) -> None:
        path = f"/api/v1/user-tasks/{self._task_id}/completion"
        answer = self._ask("POST", path, json.dumps({"variables": tiny_pack.VALUES}))
        self._task_id = json.loads(answer)["next_tasks"][0]["id"]

    def be_answered_ok(self) -> None:
        self._ask("GET", f"{server.OK}/", None)

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        self._http.request(method, path, body, self._headers)
        response = self._http.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:500]!r}")
        return content


def run(place: Place, quick: bool) -> Iterator[Line]:
    """One line. Its ratio is of rates: how many requests for `ok` the server answers in the time of one completion."""
    rounds, each = (2, 5) if quick else (10, 20)
    with place.database() as database, _serving(database) as port:
        clients = _clients(database, port)
        completions, oks = _Rate(clients, Client.complete), _Rate(clients, Client.be_answered_ok)
        with ThreadPoolExecutor(PEOPLE) as people:
            completions.measure(people, 2)  # each web process reads the model when it first needs it
            completions.forget()
            for _ in range(rounds):
                completions.measure(people, each)
                oks.measure(people, each)
    found = line("http", f"people-{PEOPLE}", place.kind, completions.times, "ok_route", oks.times, completions.rate)
    yield replace(found, ratio=round(oks.rate / completions.rate, 2))


class _Rate:
    """What all clients do at once, again and again."""

    def __init__(self, clients: list[Client], step: Callable[[Client], None]) -> None:
        self._clients, self._step = clients, step
        self.forget()

    def forget(self) -> None:
        self.times, self._elapsed = Times([]), 0.0

    def measure(self, people: ThreadPoolExecutor, each: int) -> None:
        """Every client takes `each` steps."""
        begin = time.perf_counter()
        taken = people.map(lambda client: client.round(self._step, each), self._clients)
        self.times = Times([*self.times.seconds, *(seconds for one in taken for seconds in one)])
        self._elapsed += time.perf_counter() - begin

    @property
    def rate(self) -> float:
        return len(self.times.seconds) / self._elapsed


def _clients(database: Database, port: int) -> list[Client]:
    now, clients = utc_now(), []
    with database.write() as connection:
        tiny_pack.deploy(connection, now)
        for number in range(PEOPLE):
            person = tiny_pack.add_person(connection, now, f"person{number}")
            secret = create_token(connection, now, person.id, [WORK]).secret
            clients.append(Client(port, secret, tiny_pack.start_loop(connection, now, person)))
    return clients


@contextmanager
def _serving(database: Database) -> Iterator[int]:
    with TemporaryDirectory(prefix="bench-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
        free.close()
        address = Path(folder) / "address"  # in a file, because a URL may hold a password
        address.write_text(database.url)
        process = subprocess.Popen([sys.executable, "-m", "tools.bench.server", str(address), str(port)])
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server of the bench did not start")
