"""Rules on decision tables: one answer to every question."""

from pathlib import Path

import pytest

from engine.bpmn.profile import check_pack
from tests.engine.bpmn.profile.drawing import node, plain
from tests.engine.bpmn.profile.packing import is_told, write_pack
from tests.engine.bpmn.profile.tables import column, rule, table

RULE = node("businessRuleTask", "decide", camunda__decisionRef="which", camunda__resultVariable="x")
OUTCOME = column("outcome", values='"approved","returned"')
APPROVED, RETURNED = rule('"approved"', answer='"on"'), rule('"returned"', answer='"back"')

FAULTS = {
    "gap": (table([OUTCOME], [APPROVED]), "which", "ingen regel passar för outcome = returned"),
    "overlap": (table([OUTCOME], [APPROVED, rule("-", answer="1")]), "which", "flera regler passar för outcome"),
    "gap between numbers": (
        table([column("outcome", "integer")], [rule("< 3", answer="1"), rule("> 3", answer="2")]),
        "which",
        "ingen regel passar för outcome = 3",
    ),
    "undeclared domain": (table([column("outcome")], [APPROVED, RETURNED]), "which", "ingen regel passar"),
    "hit policy": (table([OUTCOME], [APPROVED, RETURNED], "FIRST"), "which", "träffregeln (hitPolicy) ska vara UNIQUE"),
    "wrong id": (table([OUTCOME], [APPROVED], decision_id="other"), "other", "beslutets id ska vara which"),
    "code in a cell": (table([OUTCOME], [rule("open()", answer="1")]), "r", "'open()' får inte stå i en cell"),
    "too few cells": (table([OUTCOME, column("b")], [APPROVED]), "r", "regeln har fel antal celler"),
    "no table": ("<definitions/>", None, "filen ska innehålla ett beslut"),
    "broken XML": ("<definitions>", None, "filen är inte välformad XML"),
    "entity": ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', None, "filen får inte innehålla"),
}


def pack(folder: Path, dmn: str) -> Path:
    return write_pack(folder, plain(RULE, ids=("decide",)), files={"p/which.dmn": dmn})


def test_table_with_one_answer_to_everything_has_no_findings(tmp_path: Path) -> None:
    assert check_pack(pack(tmp_path, table([OUTCOME], [APPROVED, RETURNED]))) == []


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(tmp_path: Path, name: str) -> None:
    dmn, element, reason = FAULTS[name]
    assert is_told(pack(tmp_path, dmn), "p/which.dmn", element, reason)


def test_question_that_nothing_sets(tmp_path: Path) -> None:
    dmn = table([column("colour", "boolean")], [rule("-", answer="1")])
    assert is_told(pack(tmp_path, dmn), "p/p.bpmn", "decide", "beslutstabellen frågar efter colour")
