"""The command line `samflode`; this is a placeholder until its commands are written."""


def main() -> int:
    raise SystemExit("samflode: no commands yet")
