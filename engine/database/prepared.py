"""Statements of the hot path: SQLAlchemy writes them once for each kind of database, the driver runs them.

What SQLAlchemy does around each execution (find the statement in its cache, order the parameters, describe the result)
takes twice as long as SQLite needs to run it. Types, errors and listeners are as they are in SQLAlchemy.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Dialect, Float, Insert, SelectBase, Update
from sqlalchemy.exc import DBAPIError

Parameters = Mapping[str, Any]
_Processor = Callable[[Any], Any]
T = TypeVar("T")
_FLOAT8, _NUMERIC = 701, 1700  # PostgreSQL's numbers for these types, which do not change


class Prepared:
    """A statement with named parameters (`bindparam`), to be made once and run often.

    An `insert` writes the columns that the parameters name; an `update` sets those that its conditions do not use.
    A list (`IN`) has another text for each length, so SQLAlchemy has to run it, or `run_each`.
    """

    def __init__(self, statement: SelectBase | Insert | Update | Delete) -> None:
        self._statement = statement
        self._compiled: dict[str | tuple[str, ...], _Compiled] = {}
        self._differs_by_name = isinstance(statement, Insert | Update)

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """The first row, with columns by name; None when there is none."""
        return self._run(connection, parameters, _Compiled.first)

    def all(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Every row."""
        return self._run(connection, parameters, _Compiled.all)

    def scalar(self, connection: Connection, parameters: Parameters) -> Any:
        """The first column of the first row; None when there is none."""
        row = self.first(connection, parameters)
        return None if row is None else row[0]

    def scalars(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.all(connection, parameters)]

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """Change rows; how many were changed."""
        return self._run(connection, parameters, _Compiled.changed)

    def run_each(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Change rows once for each of `rows`, which name the same parameters."""
        if len(rows) == 1:
            self.run(connection, rows[0])
            return
        compiled = self._for(connection, rows[0])
        given = [compiled.bound(row) for row in rows]
        cursor = _cursor(connection)
        _tell(connection, cursor, compiled.sql, given, many=True)
        try:
            if compiled.values is None:
                cursor.executemany(compiled.sql, given)
            else:
                cursor.execute(compiled.sql_for(len(given)), [value for row in given for value in row])
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told_by_sqlalchemy(connection, cursor, compiled.sql, error) from error

    def _run(self, connection: Connection, parameters: Parameters, outcome: "Callable[[_Compiled, Any], T]") -> T:
        compiled = self._for(connection, parameters)
        given = compiled.bound(parameters)
        cursor = _cursor(connection)
        _tell(connection, cursor, compiled.sql, given, many=False)
        try:
            cursor.execute(compiled.sql, given)
            found = outcome(compiled, cursor)
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told_by_sqlalchemy(connection, cursor, compiled.sql, error) from error
        return found

    def _for(self, connection: Connection, parameters: Parameters) -> "_Compiled":
        name = connection.dialect.name
        key = (name, *parameters) if self._differs_by_name else name
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(self._statement, connection.dialect, list(parameters))
        return found


@dataclass(frozen=True)
class _Compiled:
    """A statement as one kind of database understands it."""

    sql: str
    constants: dict[str, Any]  # what the statement itself says, e.g. LIMIT 1
    pick: Callable[[Parameters], tuple[Any, ...]]  # the parameters, in the order in which the driver takes them
    into: tuple[tuple[int, _Processor], ...]
    values: str | None  # what an insert says of a row, where a server is spared a statement for each
    out: tuple[tuple[int, _Processor], ...]
    row: Any

    def bound(self, parameters: Parameters) -> Any:
        """The parameters as the driver wants them."""
        values = list(self.pick({**self.constants, **parameters} if self.constants else parameters))
        for position, process in self.into:
            if values[position] is not None:
                values[position] = process(values[position])
        return values

    def sql_for(self, rows: int) -> str:
        """The insert of so many rows."""
        return self.sql + f", {self.values}" * (rows - 1)

    def read(self, row: Sequence[Any]) -> Any:
        """A row of the driver's, with values of our types."""
        if not self.out:
            return self.row._make(row)
        values = list(row)
        for position, process in self.out:
            if values[position] is not None:
                values[position] = process(values[position])
        return self.row._make(values)

    def first(self, cursor: Any) -> Any:
        row = cursor.fetchone()
        return None if row is None else self.read(row)

    def all(self, cursor: Any) -> list[Any]:
        return [self.read(row) for row in cursor.fetchall()]

    def changed(self, cursor: Any) -> int:
        return int(cursor.rowcount)


def say(connection: Connection, sql: str) -> None:
    """Run a statement that takes and gives nothing, such as BEGIN."""
    cursor = _cursor(connection)
    _tell(connection, cursor, sql, (), many=False)
    try:
        cursor.execute(sql)
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told_by_sqlalchemy(connection, cursor, sql, error) from error


def _compile(statement: Any, dialect: Dialect, names: list[str]) -> _Compiled:
    compiled = statement.compile(dialect=_by_position(dialect), column_keys=names)
    if compiled.post_compile_params:
        raise ValueError(f"a list (IN) cannot be prepared: {compiled}")
    columns = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
    processors = {name: _bind(bind.type, dialect) for bind, name in compiled.bind_names.items()}
    into = ((position, processors[name]) for position, name in enumerate(compiled.positiontup or ()))
    out = ((position, _result(column.type, dialect)) for position, column in enumerate(columns))
    sql = str(compiled)
    said = sql.partition(" VALUES ")[2] if isinstance(statement, Insert) and dialect.name != "sqlite" else None
    return _Compiled(
        sql=sql,
        constants={name: value for name, value in compiled.params.items() if name not in names},
        pick=_picker(compiled.positiontup or []),
        into=tuple((position, process) for position, process in into if process is not None),
        values=said,
        out=tuple((position, process) for position, process in out if process is not None),
        row=_row([str(column.key) for column in columns]),
    )


def _picker(names: Sequence[str]) -> Callable[[Parameters], tuple[Any, ...]]:
    """Takes the values of these names; `itemgetter` gives no tuple of one, and takes no fewer."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda parameters: tuple(parameters[name] for name in names)


def _cursor(connection: Connection) -> Any:
    """The driver's own cursor: SQLAlchemy's pool would only pass it on."""
    raw: Any = connection.connection.dbapi_connection
    return raw.cursor()


def _by_position(dialect: Dialect) -> Dialect:
    """The same kind of database, whose driver is given values in order: by name each has to be looked up."""
    kind: Any = type(dialect)
    by_position: Dialect = dialect if dialect.positional else kind(paramstyle="format")
    return by_position


def _row(names: list[str]) -> Any:
    """A class of rows with these columns; as with SQLAlchemy's, `_mapping` is the row as a dictionary."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return type("Row", (row,), {"__slots__": (), "_mapping": property(row._asdict)})


def _bind(type_: Any, dialect: Dialect) -> _Processor | None:
    process: _Processor | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return process


def _result(type_: Any, dialect: Dialect) -> _Processor | None:
    # SQLAlchemy's numbers ask which of the two the server sends; no other type of ours asks.
    sent = _FLOAT8 if isinstance(type_, Float) else _NUMERIC
    process: _Processor | None = type_.dialect_impl(dialect).result_processor(dialect, sent)
    return process


def _tell(connection: Connection, cursor: Any, sql: str, given: Any, *, many: bool) -> None:
    """Tell those who listen to SQLAlchemy's statements of this one."""
    if connection._has_events or connection.engine._has_events:  # as SQLAlchemy asks
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, sql, given, None, many)


def _told_by_sqlalchemy(connection: Connection, cursor: Any, sql: str, error: Any) -> Exception:
    """What SQLAlchemy raises when the driver raises `error`."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if lost:
        connection.invalidate(error)
    base: Any = dialect.loaded_dbapi.Error
    told: Exception = DBAPIError.instance(sql, None, error, base, connection_invalidated=lost, dialect=dialect)
    return told
