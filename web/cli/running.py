"""`serve` and `worker`: the product for real."""

import argparse
import signal
import socket
import sys
from typing import Any

from engine import worker
from engine.errors import Misconfigured
from engine.warming import warm_up
from exports.monthly import monthly_workbook
from web.application import create_application
from web.cli.opening import open_database, open_settings
from web.cli.telling import tell

_THREADS = 8


def serve(arguments: argparse.Namespace) -> int:
    """Serve pages until told to stop: processes and threads of gunicorn."""
    settings = open_settings()
    database = open_database(settings)
    application = create_application(settings, database)
    demand_free_port(arguments.host, arguments.port)
    database.close()  # each web process opens connections of its own
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not there on Windows, where demo still runs

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in _configuration(arguments).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    Server().run()
    return 0


def _configuration(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "bind": f"{arguments.host}:{arguments.port}",
        "workers": arguments.workers,
        "threads": _THREADS,
        "worker_class": "gthread",
        "control_socket_disable": True,
        "post_worker_init": lambda _worker: warm_up(),
        "accesslog": None,
    }


def work(_arguments: argparse.Namespace) -> int:
    """Fire timers and send mail until told to stop."""
    settings = open_settings()
    database = open_database(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that it says goodbye: see engine.heartbeats
    warm_up()
    tell("samflode: arbetar. Avsluta med Ctrl+C.")
    try:
        worker.run(database, settings, monthly_workbook)
    except (KeyboardInterrupt, SystemExit):
        return 0
    return 0


def demand_free_port(host: str, port: int) -> None:
    """Raise Misconfigured, in one line, when something already listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misconfigured(f"Port {port} är upptagen. Välj en annan med --port.") from error
