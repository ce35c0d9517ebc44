"""An agreement's case as one zip for the archive: texts that stay readable, files as they were, a list of all."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from engine.clock import local_date
from engine.queries import Case
from engine.queries.agreement_case import CaseFile
from exports.language import Translate

FILES = "bilagor"
LIST = "innehall.txt"
_UNSAFE = re.compile(r"[^\w.() -]+")


def zip_of_case(
    texts: Mapping[str, bytes], files: Sequence[CaseFile], read: Callable[[CaseFile], bytes], listing: str
) -> bytes:
    """`texts` by name, the `files` under `bilagor/`, and `innehall.txt`: the listing with each file's SHA-256."""
    made = BytesIO()
    lines = [listing, ""]
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in texts.items():
            archive.writestr(name, content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
        for number, file in enumerate(files, start=1):
            content, name = read(file), f"{FILES}/{number:03}-{safe_name(file.name)}"
            archive.writestr(name, content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
        archive.writestr(LIST, "\r\n".join("\n".join(lines).split("\n")) + "\r\n")
    return made.getvalue()


def safe_name(name: str) -> str:
    """A file's name without what could lead out of its folder or that some system forbids."""
    return _UNSAFE.sub("-", name).strip(" .-")[-120:] or "fil"


def case_listing(case: Case, say: Translate) -> str:
    """What the zip holds, in words."""
    agreement = case.agreement
    lines = [
        say("Ärende: {key}").format(key=agreement.key),
        say("Överenskommelse: {title}").format(title=say(agreement.title)),
        say("Läge: {status}").format(status=say(agreement.status_title)),
        say("Påbörjat: {day}").format(day=local_date(agreement.started_at).isoformat()),
        say("Handlingar: {count}").format(count=len(case.submissions)),
        say("Beslut: {count}").format(count=len(case.decisions)),
        say("Händelser: {count}").format(count=len(case.events)),
        say("Bilagor: {count}").format(count=len(case.files)),
        say("Avvikelser är egna ärenden och finns inte med här."),
        say("Raderna nedan är filernas kontrollsummor (SHA-256)."),
    ]
    return "\n".join(lines)
