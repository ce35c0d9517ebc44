"""Process packs: deployed versions and what differs between them, the check of a pack, upload and deployment."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from engine.bpmn.findings import Finding, InvalidPack
from engine.bpmn.profile import check_pack
from engine.bpmn.walk import Proof, prove_and_remember
from engine.commands import Deployed, deploy_pack
from engine.commands.deployment import note_deployment
from engine.errors import Invalid, NotFound
from engine.packs import load_pack, read_processes, shipped_packs
from engine.packs.upload import MOST_PACKED, TOO_LARGE, unpack
from engine.queries.packs import (
    NO_SUCH_VERSION,
    PackVersion,
    list_packs,
    list_processes,
    pack_differences,
    process_differences,
    zipped_pack,
)
from web import context, words
from web.marking import N_
from web.views.administration.place import blueprint, page

DIFFERENCES = {"added": (N_("Ny"), "done"), "removed": (N_("Borttagen"), "late"), "changed": (N_("Ändrad"), "going")}
PLACES = {
    "paketet": N_("paketet"),
    "roller": N_("roller"),
    "skeden": N_("skeden"),
    "processer": N_("processer"),
    "parametrar": N_("parametrar"),
    "tidsgränser": N_("tidsgränser"),
    "översättningar": N_("översättningar"),
    "steg": N_("steg"),
    "formulär": N_("formulär"),
    "modellen": N_("modellen"),
}


@dataclass(frozen=True)
class Report:
    """What the check of a pack found. `proof` is none when the static rules already found faults."""

    name: str
    findings: list[Finding]
    proof: Proof | None
    deployed: Deployed | None = None

    @property
    def states(self) -> int:
        return sum(count for _key, count, _whole in self.proof.walked) if self.proof else 0


@blueprint.get("/processpaket")
def packs() -> str:
    return _packs()


@blueprint.get("/processpaket/<pack_key>")
def pack(pack_key: str) -> str:
    person = context.person()
    with context.database().read() as connection:
        versions = [one for one in list_packs(connection, person) if one.pack_key == pack_key]
        processes = list_processes(connection, person, pack_key)
    if not versions:
        raise NotFound(NO_SUCH_VERSION)
    return page("pack", versions=versions, processes=processes, process_title=words.titles().process)


@blueprint.get("/processpaket/<pack_key>/zip")
def download_pack(pack_key: str) -> Response:
    """The newest version as a zip file, which can be changed and read in again."""
    with context.database().read() as connection:
        content = zipped_pack(connection, context.person(), pack_key)
    answer = Response(content, content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{pack_key}.zip")
    return answer


@blueprint.get("/processpaket/<pack_key>/skillnad")
def compare_packs(pack_key: str) -> str:
    """Between two versions of the pack, or of one of its processes."""
    before, after = (_number(request.args.get(name, "")) for name in ("fran", "till"))
    process_key = request.args.get("process", "")
    person = context.person()
    with context.database().read() as connection:
        if process_key:
            found = process_differences(connection, person, pack_key, process_key, before, after)
        else:
            found = pack_differences(connection, person, pack_key, before, after)
    return page(
        "compare_packs",
        pack_key=pack_key,
        process_key=process_key,
        before=before,
        after=after,
        found=found,
        said=_said,
        place=_place,
    )


@blueprint.post("/processpaket/mapp")
def deploy() -> str | tuple[str, int]:
    """Check, and if asked for also deploy, one of the folders that this installation is set up with."""
    chosen = request.form.get("mapp", "")
    folder = next((one for one in _folders() if one.name == chosen), None)
    if folder is None:
        return _packs(wrong={"mapp": _("Välj en mapp")}), 422
    return _answer(folder, folder.name)


@blueprint.post("/processpaket/zip")
def upload() -> str | tuple[str, int]:
    """A pack as a zip file: unpacked into a folder that is gone when the answer is sent."""
    sent = request.files.get("paket")
    if sent is None or not sent.filename:
        return _packs(wrong={"paket": _("Välj en zip-fil")}), 422
    content = sent.stream.read(MOST_PACKED + 1)
    if len(content) > MOST_PACKED:
        return _packs(wrong={"paket": _(TOO_LARGE)}), 422
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpacked = unpack(content, Path(folder))
        except Invalid as error:
            return _packs(wrong={"paket": words.said(str(error))}), 422
        return _answer(unpacked, sent.filename[-100:])


def _answer(folder: Path, name: str) -> str | tuple[str, int]:
    report = _check(folder, name)
    if report.findings:
        return _packs(report=report), 422
    if "las-in" not in request.form:
        return _packs(report=report)
    try:
        return _packs(report=_deploy(folder, report))
    except InvalidPack as error:
        return _packs(report=Report(name, error.findings, None)), 422


def _check(folder: Path, name: str) -> Report:
    """The static rules and the exhaustive walk: seconds of work, in no transaction."""
    findings = check_pack(folder)
    if findings:
        return Report(name, findings, None)
    proof = prove_and_remember(load_pack(folder), read_processes(folder))
    return Report(name, proof.findings, proof)


def _deploy(folder: Path, report: Report) -> Report:
    person, now = context.person(), context.now()

    def store(connection: Connection) -> Deployed:
        done = deploy_pack(connection, now, folder)
        note_deployment(connection, now, person, done, report.states)
        return done

    deployed = context.database().run(store)
    return Report(report.name, [], report.proof, deployed)


def _packs(*, report: Report | None = None, wrong: dict[str, str] | None = None) -> str:
    with context.database().read() as connection:
        versions = list_packs(connection, context.person())
    newest: dict[str, PackVersion] = {}
    for one in versions:
        newest.setdefault(one.pack_key, one)
    return page(
        "packs",
        newest=list(newest.values()),
        counts={key: sum(one.pack_key == key for one in versions) for key in newest},
        folders=[(folder.name, folder.name) for folder in _folders()],
        report=report,
        titles=words.titles(),
        wrong=wrong or {},
        errors=list((wrong or {}).items()),
    )


def _folders() -> list[Path]:
    return list(context.settings().packs) or shipped_packs()


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def _said(kind: str) -> tuple[str, str]:
    title, tone = DIFFERENCES[kind]
    return _(title), tone


def _place(where: str) -> Any:
    return _(PLACES[where]) if where in PLACES else where
