"""Abbreviations of the field, spelled out for those who meet a page that uses them, and for those who hear it read."""

import re
from collections.abc import Iterable

from flask_babel import gettext as _

from web.marking import N_

KNOWN = {
    "BRÅ": N_("brottsförebyggande rådet"),
    "HSLF-FS": N_("gemensamma författningssamlingen för hälso- och sjukvård, socialtjänst med mera"),
    "IRIS": N_("implementering av och i regional samverkan, RSS Dalarnas stöd för införande"),
    "ISU": N_("individbaserad systematisk uppföljning"),
    "RSS": N_("regional samverkans- och stödstruktur"),
    "SIP": N_("samordnad individuell plan"),
}
_WORD = re.compile(r"[A-ZÅÄÖ][A-ZÅÄÖ-]{2,}")


def used_in(texts: Iterable[str | None]) -> list[tuple[str, str]]:
    """The abbreviations that the texts use, in alphabetical order, each with what it stands for."""
    found = {word.strip("-") for text in texts if text for word in _WORD.findall(text)}
    return [(short, _(long)) for short, long in KNOWN.items() if short in found]
