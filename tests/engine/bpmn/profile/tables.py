"""Draws tiny decision tables as text."""

from xml.sax.saxutils import escape


def column(name: str, kind: str = "string", values: str = "") -> str:
    declared = f"<inputValues><text>{escape(values)}</text></inputValues>" if values else ""
    expression = f'<inputExpression id="{name}_asked" typeRef="{kind}"><text>{name}</text></inputExpression>'
    return f'<input id="{name}_in">{expression}{declared}</input>'


def rule(*cells: str, answer: str, rule_id: str = "r") -> str:
    asked = "".join(f'<inputEntry id="c{n}"><text>{escape(cell)}</text></inputEntry>' for n, cell in enumerate(cells))
    return f'<rule id="{rule_id}">{asked}<outputEntry id="o"><text>{escape(answer)}</text></outputEntry></rule>'


def table(columns: list[str], rules: list[str], hit_policy: str = "UNIQUE", decision_id: str = "which") -> str:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="{decision_id}" name="d"><decisionTable id="t" hitPolicy="{hit_policy}">'
        f'{"".join(columns)}<output id="out" name="answer" typeRef="string"/>{"".join(rules)}'
        "</decisionTable></decision></definitions>"
    )
