"""Damaged packs: whatever somebody does to a file, the check answers with findings, and soon."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.bpmn.profile import check_pack
from engine.packs import shipped_packs
from tests.engine.bpmn.profile.drawing import (
    YES,
    boundary,
    chain,
    end,
    exclusive,
    flow,
    many,
    model,
    start,
    sub,
    timer,
    user,
)
from tests.engine.bpmn.profile.packing import write_pack

MODEL = model(
    start(),
    sub("work", start("work_begun"), user("ask", many()), end("asked"), chain("work_begun", "ask", "asked")),
    boundary("late", "work", timer("P1D")),
    user("write"),
    exclusive("approved", default="approved_to_done"),
    end(),
    chain("begun", "work", "write", "approved", "done"),
    flow("approved", "work", YES),
    flow("late", "done"),
).encode()
# Words of the model put in place of others: closer to what goes wrong in an editor than random bytes.
WORDS = sorted(set(MODEL.decode().replace(">", " ").replace("<", " ").replace('"', " ").split()))
SECONDS = 10


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The model with one to four cuts, insertions or exchanged words."""
    content = MODEL
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(content)))
        size = draw(st.integers(0, 60))
        new = draw(st.one_of(st.binary(max_size=8), st.sampled_from(WORDS).map(str.encode)))
        content = content[:begin] + new + content[begin + size :]
    return content


@st.composite
def exchanged(draw: st.DrawFn) -> bytes:
    """The model with some words exchanged everywhere: still XML more often than not."""
    text = MODEL.decode()
    for _ in range(draw(st.integers(1, 3))):
        text = text.replace(draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS)))
    return text.encode()


# A sub-process inside itself: whoever asked whether it waits never came back.
INSIDE_ITSELF = model(
    start(),
    sub("work", start("work_begun"), sub("work", start("again"), end("over")), end("asked")),
    end(),
    chain("begun", "work", "done"),
).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(damaged(), exchanged()))
@example(MODEL)
@example(INSIDE_ITSELF)
def test_damaged_model_gives_findings_and_no_traceback(tmp_path: Path, content: bytes) -> None:
    begun = time.monotonic()
    check_pack(write_pack(tmp_path, content))
    assert time.monotonic() - begun < SECONDS


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["pack.toml", "catalogues/organisations.toml", "p/forms/answer.json", "locale/en.po"]), st.data()
)
def test_damaged_data_gives_findings_and_no_traceback(tmp_path: Path, file: str, data: st.DataObject) -> None:
    po = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Svar"\nmsgstr "Answer"\n'
    path = write_pack(tmp_path, files={"locale/en.po": po}) / file
    content = path.read_bytes()
    begin = data.draw(st.integers(0, len(content)))
    new = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b"[", b"{", b"= 1", b"null", b"[]", b"\n"]))
    )
    path.write_bytes(content[:begin] + new + content[begin + data.draw(st.integers(0, 30)) :])
    assert all(str(finding) for finding in check_pack(tmp_path))


@pytest.mark.parametrize("folder", shipped_packs(), ids=lambda folder: folder.name)
def test_shipped_pack_is_checked_soon(folder: Path) -> None:
    begun = time.monotonic()
    check_pack(folder)
    assert time.monotonic() - begun < SECONDS


def test_largest_model_is_checked_soon(tmp_path: Path) -> None:
    """The most elements that are let in, as a ladder of choices that all lead on and back."""
    names = [f"step_{number}" for number in range(240)]
    rungs = [exclusive(name, default=f"{name}_on") for name in names]
    on = [flow(one, other, None, f"{one}_on") for one, other in zip(names, [*names[1:], "done"], strict=True)]
    back = [flow(name, "step_0", YES, f"{name}_back") for name in names[1:]]
    bpmn = model(start(), user("write"), end(), chain("begun", "write", "step_0"), *rungs, *on, *back)
    begun = time.monotonic()
    check_pack(write_pack(tmp_path, bpmn))
    assert time.monotonic() - begun < SECONDS


def test_deepest_model_is_checked_soon(tmp_path: Path) -> None:
    """Sub-processes in sub-processes, as deep as is let in, drawn from the end to the start."""
    inner = ""
    for depth in range(30):
        ids = (f"begun_{depth}", f"work_{depth}", f"write_{depth}", f"done_{depth}")
        work = sub(ids[1], inner) if inner else user(ids[1])
        inner = end(ids[3]) + user(ids[2]) + work + start(ids[0]) + chain(*ids)
    begun = time.monotonic()
    check_pack(write_pack(tmp_path, model(inner)))
    assert time.monotonic() - begun < SECONDS
