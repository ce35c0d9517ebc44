"""The web server of the `http` bench: Samflöde as `samflode serve` runs it, and beside it a route that returns `ok`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from engine.database import Database
from engine.settings import Settings
from web.application import create_application
from web.cli.running import _configuration as configuration

WORKERS = 2
OK = "/ok"


class _Server(BaseApplication):
    def __init__(self, url: str, port: int) -> None:
        self._url, self._port = url, port
        super().__init__()

    def load_config(self) -> None:
        arguments = argparse.Namespace(host="127.0.0.1", port=self._port, workers=WORKERS)
        for name, value in {**configuration(arguments), "loglevel": "warning"}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        environment = {"SAMFLODE_SECRET_KEY": "measured", "SAMFLODE_DATABASE_URL": self._url}
        application = create_application(Settings.from_environment(environment), Database(self._url))
        return DispatcherMiddleware(application, {OK: _bare()})


def _bare() -> Flask:
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    return bare


if __name__ == "__main__":
    url_file, chosen_port = sys.argv[1:]
    sys.argv = sys.argv[:1]  # gunicorn would read them too
    _Server(Path(url_file).read_text(), int(chosen_port)).run()
