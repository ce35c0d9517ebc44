"""Where a lane's role must be held: resolves a lane's `organisation` to an organisation code."""

from typing import Any

from engine.errors import ExecutionFailed
from engine.packs import Pack

_DEPTH = 3  # a variable may hold an alias; nothing is nested deeper than that


def organisation_of(written: str | None, own: str | None, data: dict[str, Any], pack: Pack) -> str:
    """The organisation code that `written` stands for.

    `written` is `municipality` (the instance's own organisation; also when absent), `region`, an organisation code, or
    the name of a variable whose value is one of these, or `<one of these>/<something>` such as `region/primary_care`.

    Raises ExecutionFailed when it stands for nothing.
    """
    value = written or "municipality"
    for _ in range(_DEPTH):
        value = str(value).split("/")[0]
        if value == "municipality" and own is not None:
            return own
        if value == "region":
            return str(next(item["key"] for item in pack.catalogues["organisations"] if item.get("kind") == "region"))
        if pack.item("organisations", value) is not None:
            return value
        if value not in data:
            break
        value = data[value]
    raise ExecutionFailed(f"Det går inte att avgöra vilken organisation {written!r} är.")
