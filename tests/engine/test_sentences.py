"""Whatever the engine and the command line say to people can be said in English, with the names that stand in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine.language
import exports.language
from engine.bpmn.findings import Finding
from engine.sentences import catalogue, in_english
from web.engine_sentences import NOTED, titles_of_the_engine

ROOT = Path(__file__).resolve().parents[2]
# What the simulated people write is theirs, and migrations say nothing.
LEFT_OUT = ("engine/simulation", "engine/database/migrations", "engine/queries/swedish.py")
OUTSIDE_THE_ENGINE = ("exports/kinds.py", "exports/activities_read.py", "exports/workbook/reading.py")
SWEDISH = re.compile(
    r"[åäöÅÄÖ]|\b(och|inte|finns|ska|kan|har|en|ett|som|till|av|med|den|det|eller|saknas|utan|skriv|ingen|inget|kunde)\b"
)
# Neither a refusal nor a finding: what is told with the data of a row, and the names of senders and days.
NOT_SAID = {"{} ({})", "[Till {}] {}", "{} kl. {}", "Samflöde <noreply@{}>", "{}: expected"}


def files() -> Iterator[Path]:
    for file in sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "web/cli").glob("*.py")]):
        if not file.relative_to(ROOT).as_posix().startswith(LEFT_OUT):
            yield file
    yield from (ROOT / name for name in OUTSIDE_THE_ENGINE)


def said_in(file: Path) -> Iterator[str]:
    """Every string of the file but its docstrings, with {} where something is filled in."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.Expr) or id(node) in inner:
            inner |= {id(child) for child in ast.iter_child_nodes(node)} if isinstance(node, ast.Expr) else set()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def bare(sentence: str) -> str:
    return re.sub(r"\{\w*\}", "{}", sentence).strip()


def test_every_sentence_has_its_english() -> None:
    translated = [catalogue(), engine.language.english(), exports.language.english(), NOTED]
    known = {bare(line) for held in translated for text in held for line in (text, *text.split("\n"))}
    missing = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files()
        for text in said_in(file)
        for line in ([] if bare(text) in known else text.split("\n"))
        if " " in line.strip() and SWEDISH.search(line) and bare(line) not in known | NOT_SAID
    ]
    assert missing == [], "write their English in engine/locale/refusals.en.po"


def test_english_fills_in_what_the_swedish_fills_in() -> None:
    places = {swedish: set(re.findall(r"\{(\w+)\}", swedish)) for swedish in catalogue()}
    assert len(places) > 600
    assert [
        text for text, english in catalogue().items() if set(re.findall(r"\{(\w+)\}", english)) != places[text]
    ] == []


def test_every_sentence_is_recognised_as_itself() -> None:
    """No sentence is taken for another one that is wider."""
    wrong = []
    for swedish, english in catalogue().items():
        names = re.findall(r"\{(\w+)\}", swedish)
        filled, wanted = swedish, english
        for number, name in enumerate(names):
            filled, wanted = (text.replace(f"{{{name}}}", f"Q{number}x") for text in (filled, wanted))
        if in_english(filled) != wanted:
            wrong.append((filled, in_english(filled)))
    assert wrong == []


def test_a_finding_is_put_into_english_part_by_part() -> None:
    reason = "beslutets id ska vara 'x', som filen heter"
    finding = Finding("a/x.dmn", "y", reason, ("processen startar", "Slå ihop (väg = b)", "tiden går ut: Vänta"))
    assert finding.told(in_english) == (
        "a/x.dmn: y: the id of the decision must be 'x', like the file "
        "(shortest way there: the process starts → Slå ihop (väg = b) → time runs out: Vänta)"
    )
    assert str(finding).startswith(f"a/x.dmn: y: {reason} (kortaste vägen dit: processen startar → ")


def test_titles_of_the_engine_are_noted_for_the_pages() -> None:
    assert titles_of_the_engine() - set(NOTED) == set()


SAID = {
    "Steget write finns inte i drafting version 2.": "The step write is not in drafting version 2.",
    "Ändringen går inte att göra: Slå ihop (j) skulle kunna vänta för evigt på A (a), B (b). Inget har ändrats.": (
        "The change cannot be made: Merge (j) could wait for ever for A (a), B (b). Nothing has been changed."
    ),
    "a/a.bpmn: join: sammanslagningen väntar på en gren som aldrig kommer, och processen blir stående "
    "(kortaste vägen dit: processen startar → tiden går ut: Slå ihop)": (
        "a/a.bpmn: join: the join waits for a branch that never comes, and the process is left standing "
        "(shortest way there: the process starts → time runs out: Merge)"
    ),
    "Filen går inte att läsa in. Inget har ändrats.\n  Plan, rad 3 (Möte): aktiviteten saknas.\n  och 3 fel till.": (
        "The file cannot be read in. Nothing has been changed.\n  Plan, row 3 (Möte): the activity is missing.\n"
        "  and 3 more errors."
    ),
    "Fyll i: Vilken dag.": "Fill in: Which day.",
    "Något annat.": "Något annat.",
}


@pytest.mark.parametrize("swedish", SAID)
def test_what_is_filled_in_is_put_into_english_too(swedish: str) -> None:
    words = {"Slå ihop": "Merge", "Vilken dag?": "Which day?"}
    assert in_english(swedish, lambda text: words.get(text, text)) == SAID[swedish]
