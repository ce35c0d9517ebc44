"""Writes tiny process packs into a folder, sound unless told otherwise, and asserts what is found in them."""

import json
from pathlib import Path
from typing import Any

from engine.bpmn.profile import check_pack
from tests.engine.bpmn.profile.drawing import chain, end, model, plain, start, user

MANIFEST = """
[pack]
key = "small"
title = "Litet"
version = "1"
valid_from = 2024-10-01
valid_to = 2032-12-31
agreement_key = "small-2024"

[[role]]
key = "steering_group"
title = "Styrgrupp"

[[stage]]
key = "drafting"
title = "Framtagande"
group = "Ta fram"
short = "Fram"

[[process]]
key = "p"
title = "Processen"
agreement = "none"
organisation = "none"

[[process]]
key = "other"
title = "Den andra"
agreement = "none"
organisation = "none"

[parameters]
limit = 5
expires_at = 2032-12-31T23:59:59
decision_time = "P3M"
parties = ["2080", "20"]

[deadlines]
remind_before = "P7D"
escalate_after = "P7D"
escalate_to = ["steering_group"]
"""

ORGANISATIONS = """
[[item]]
key = "2080"
title = "Falun"
kind = "municipality"

[[item]]
key = "20"
title = "Region Dalarna"
kind = "region"
"""


def form(**changes: Any) -> dict[str, Any]:
    """A form with `outcome` that is routed and `text` that is not."""
    choices = [{"const": "approved", "title": "Ja"}, {"const": "returned", "title": "Nej"}]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Svar",
        "properties": {
            "outcome": {"type": "string", "title": "Vad blir det?", "oneOf": choices},
            "text": {"type": "string", "title": "Text"},
        },
        "required": ["outcome"],
        "x-routes": ["outcome"],
    }
    return {**schema, **changes}


def write_pack(
    folder: Path,
    bpmn: str | bytes | None = None,
    *,
    forms: dict[str, Any] | None = None,
    other: str | None = None,
    manifest: str = MANIFEST,
    files: dict[str, str] | None = None,
) -> Path:
    """A pack of two processes, `p` and `other`, in `folder`; sound when nothing is given."""
    sound = model(start(), user("read"), end(), chain("begun", "read", "done"), key="other")
    own_forms = {"answer": form()} if forms is None else forms
    texts: dict[str, str | bytes] = {
        "pack.toml": manifest,
        "catalogues/organisations.toml": ORGANISATIONS,
        "p/p.bpmn": plain() if bpmn is None else bpmn,
        "other/other.bpmn": other or sound,
        "other/forms/answer.json": json.dumps(form()),
        **{f"p/forms/{name}.json": json.dumps(value) for name, value in own_forms.items()},
        **(files or {}),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def pack_with(folder: Path, bpmn: str) -> Path:
    """A pack with this model and the forms that it uses: `answer` routes outcome, `optional` text, `quiet` nothing."""
    forms = {"answer": form(), "quiet": form(**{"x-routes": []}), "optional": form(**{"x-routes": ["text"]})}
    return write_pack(folder, bpmn, forms={k: v for k, v in forms.items() if f'formKey="{k}"' in bpmn})


def is_told(folder: Path, file: str, element: str | None, reason: str) -> bool:
    """Whether the check of the pack names this file, this element and a reason that begins so. If not, all it says."""
    found = check_pack(folder)
    fitting = [f for f in found if (f.file, f.element_id) == (file, element) and f.reason.startswith(reason)]
    assert fitting, "\n".join(map(str, found))
    return True
