"""The interface's English: msgids are the Swedish sentences themselves, in web/translations/en/LC_MESSAGES/messages.po.

`extract` brings the catalogue up to date with the code and templates; `compile` writes the .mo files, which are
build output; `check` lists what has no English yet.
"""

import argparse
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "web/translations"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "pgettext": ((1, "c"), 2)}


def catalogues() -> list[Path]:
    return sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))


def compile_changed() -> None:
    """Writes the .mo of every catalogue that is newer than it."""
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with target.open("wb") as file:
            write_mo(file, load(source))


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain="messages")


def template() -> Catalog:
    """Every sentence that the code and the templates show, in the order of the files."""
    found = Catalog(domain="messages", project="Samflöde", charset="utf-8")
    options = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
    for folder in ("web", "exports"):
        for name, line, message, comments, context in extract_from_dir(
            ROOT / folder, METHODS, options, KEYWORDS, comment_tags=("translators:",), strip_comment_tags=True
        ):
            # Line numbers are left out: they would change the file at every edit of the code.
            found.add(message, None, [(f"{folder}/{name}", 0)] if line else [], auto_comments=comments, context=context)
    return found


def extract() -> None:
    """Adds new sentences, marks none as translated by guess, and drops those no longer shown."""
    wanted = template()
    for path in catalogues():
        catalogue = load(path)
        catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)


def missing() -> list[str]:
    """Sentences without an English translation, each with its file."""
    wanted = template()
    found = []
    for path in catalogues():
        catalogue = load(path)
        for message in wanted:
            known = catalogue.get(message.id, message.context) if message.id else None
            if message.id and (known is None or not known.string or known.fuzzy):
                found.append(
                    f"{path.parent.parent.name}: {message.id!r} ({', '.join(f for f, _ in message.locations)})"
                )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=["extract", "compile", "check"])
    do = parser.parse_args().do
    if do == "extract":
        extract()
    if do != "check":
        compile_changed()
    gaps = missing() if do != "compile" else []
    for line in gaps:
        print(line, file=sys.stderr)
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
