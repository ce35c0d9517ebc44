"""`./run bench` prints what the documentation says. Nothing here is timed: another machine, another figure."""

import json

import pytest

from tools.bench.__main__ import main

KEYS = {"bench", "case", "database", "n", "p50_ms", "p99_ms", "ratio", "baseline"}


def test_a_quick_bench_prints_one_line_per_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "--quick", "--database", "sqlite"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["case"] for line in lines] == ["history-10", "history-100"]
    for line in lines:
        assert set(line) == KEYS
        assert (line["bench"], line["database"], line["baseline"]) == ("completion", "sqlite", "bare_commit")
        assert line["n"] > 0
        assert 0 < line["p50_ms"] <= line["p99_ms"]


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["everything"])
    assert refused.value.code == 2
    assert "invalid choice: 'everything'" in capsys.readouterr().err
