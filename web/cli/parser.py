"""Which commands there are and what they take. Each command's function is imported only when it is chosen."""

import argparse
from pathlib import Path

from web.cli.lazy import command
from web.cli.operating import add_instances, add_migrate, add_signal
from web.cli.values import day, port, whole_number


def build_parser() -> argparse.ArgumentParser:
    """The parser; the chosen command's function is in `run` and takes the parsed arguments."""
    parser = argparse.ArgumentParser(prog="samflode", description="Runs collaboration agreements as BPMN models.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _running(commands)
    _database(commands)
    _processes(commands)
    add_instances(commands)
    add_signal(commands)
    _county(commands)
    _imports(commands)
    _users(commands)
    _api(commands)
    return parser


def _running(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = command(commands, "serve", "running:serve", "start the web server")
    serve.add_argument("--port", type=port, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--workers", type=whole_number(1, 100), default=2, help="web processes (default 2)")
    command(commands, "worker", "running:work", "fire timers and send mail; run one or many")
    demo = command(commands, "demo", "demo:demo", "everything in one go, with made-up people and history")
    demo.add_argument("--port", type=port, default=8000)
    demo.add_argument("--fresh", action="store_true", help="begin again with a new history")


def _database(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    database = commands.add_parser("database", help="the database's tables and their integrity")
    actions = database.add_subparsers(required=True, metavar="ACTION")
    command(actions, "upgrade", "storage:upgrade_database", "bring the tables up to date")
    check = command(actions, "check", "storage:check_database", "verify every history, register and open task")
    check.add_argument("--rebuild", action="store_true", help="first remake registers and the rows of what waits")
    backup = command(commands, "backup", "storage:backup", "copy the whole database to a file, while others work")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--check", action="store_true", help="check the copy afterwards, as `database check` does")
    restore = command(commands, "restore", "storage:restore", "fill an empty database from such a file")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="the database need not be empty: all in it is lost")
    restore.add_argument("--despite-faults", action="store_true", help="even when the check finds faults in the file")


def _processes(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    processes = commands.add_parser("processes", help="process packs")
    actions = processes.add_subparsers(required=True, metavar="ACTION")
    check = command(actions, "check", "packs:check", "prove a pack before it is loaded")
    check.add_argument("pack", nargs="?", type=Path, metavar="PACK")
    check.add_argument("--quick", action="store_true", help="only the static rules: do not walk through every way")
    check.add_argument("--handlers", action="store_true", help="list what service tasks can do")
    deploy = command(actions, "deploy", "deploying:deploy", "store new versions of a pack's processes")
    deploy.add_argument("pack", nargs="?", type=Path, metavar="PACK")
    add_migrate(actions)


def _county(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    simulate = command(commands, "simulate", "county:simulate", "play every municipality's life on a simulated clock")
    simulate.add_argument("--pack", default="dalarna-kvinnofrid")
    simulate.add_argument("--from", dest="start", type=day, required=True, metavar="DATE")
    simulate.add_argument("--until", dest="end", type=day, required=True, metavar="DATE")
    simulate.add_argument("--seed", type=whole_number(0, 2**63), default=1)
    simulate.add_argument("--out", type=Path, metavar="FILE.xlsx", help="the status workbook at the end")
    simulate.add_argument("--database-url", help="keep what happened here (default: a file that is thrown away)")
    simulate.add_argument(
        "--revision",
        choices=["begun", "not-begun"],
        default="begun",
        help="whether the county network commissions a revision before the agreement expires",
    )
    export = command(commands, "export", "county:export", "a workbook (.xlsx) or .csv, by the file's ending")
    export.add_argument(
        "kind", choices=["status", "activities", "assessments", "indicators", "deviations", "tasks", "history"]
    )
    export.add_argument("--as-of", type=day, metavar="DATE")
    export.add_argument("--organisation", metavar="CODE")
    export.add_argument("--locale", choices=["sv", "en"])
    export.add_argument("--pack", default="dalarna-kvinnofrid")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")


def _imports(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    imported = commands.add_parser("import", help="take in a file: all of it, or nothing with every fault listed")
    kinds = imported.add_subparsers(required=True, metavar="KIND")
    figures = command(kinds, "kolada", "imports:kolada", "official figures, as Kolada's API gives them")
    figures.add_argument("file", type=Path, metavar="FILE.json")
    plan = command(kinds, "activities", "imports:activities", "the workbook of `export activities`, filled in")
    plan.add_argument("file", type=Path, metavar="FILE.xlsx")
    plan.add_argument("--agreement", required=True, metavar="KEY")
    for parser in (figures, plan):
        parser.add_argument("--user", metavar="NAME", help="who does it")


def _users(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    user = commands.add_parser("user", help="people and their roles")
    actions = user.add_subparsers(required=True, metavar="ACTION")
    add = command(actions, "add", "people:add", "add a person; the password is asked for")
    add.add_argument("username")
    add.add_argument("--name", required=True)
    add.add_argument("--email")
    add.add_argument("--oidc-subject", metavar="SUB", help="signs in as this account of the identity provider")
    link = command(actions, "link", "people:link", "let an account of the identity provider sign in as a person")
    link.add_argument("username")
    link.add_argument("--oidc-subject", required=True, metavar="SUB", help="what the provider calls the account")
    command(actions, "unlink", "people:unlink", "let no such account sign in as the person").add_argument("username")
    for action, words in (("grant", "give a role in an organisation"), ("revoke", "take a role back")):
        change = command(actions, action, f"people:{action}", words)
        change.add_argument("username")
        change.add_argument("role")
        change.add_argument("organisation", metavar="ORGANISATION_CODE")
    command(actions, "list", "people:show", "who there is, with their roles")
    _substitutes(actions)


def _substitutes(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    substitute = actions.add_parser("substitute", help="who acts for whom, and when")
    ways = substitute.add_subparsers(required=True, metavar="ACTION")
    name = command(ways, "set", "substitutes:name", "let somebody act for a person who is away; both are told by mail")
    name.add_argument("username", metavar="WHO_IS_AWAY")
    name.add_argument("substitute", metavar="SUBSTITUTE")
    name.add_argument("--from", dest="first_day", type=day, required=True, metavar="DATE")
    name.add_argument("--until", dest="last_day", type=day, required=True, metavar="DATE", help="the last day")
    name.add_argument("--role", help="in this role only (with --organisation)")
    name.add_argument("--organisation", metavar="CODE")
    end = command(ways, "end", "substitutes:end", "end it now, or take it back before it has begun")
    end.add_argument("substitution", metavar="ID", help="as `list` shows it")
    for parser in (name, end):
        parser.add_argument("--user", metavar="NAME", help="who does it (default: whoever is away)")
    shown = command(ways, "list", "substitutes:show", "today's and those to come")
    shown.add_argument("username", nargs="?", metavar="PERSON", help="those that concern this person")


def _api(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    token = commands.add_parser("token", help="bearer tokens for the HTTP API")
    actions = token.add_subparsers(required=True, metavar="ACTION")
    create = command(actions, "create", "api:create_token", "make a token for a person; it is shown once")
    create.add_argument("--user", required=True, metavar="NAME")
    create.add_argument(
        "--scope", action="append", choices=["read", "work", "operate"], help="repeat for several (default: read)"
    )
    create.add_argument("--purpose", metavar="TEXT", help="what it is for, shown in the list")
    create.add_argument(
        "--days", type=whole_number(1, 3660), metavar="N", help="valid for so many days (default: until revoked)"
    )
    revoke = command(actions, "revoke", "api:revoke_token", "make a token worthless")
    revoke.add_argument("token_id", metavar="TOKEN_ID")
    command(actions, "list", "api:list_tokens", "id, user, scopes, end and purpose of every token")
    command(commands, "openapi", "api:openapi", "print the HTTP API's description")
