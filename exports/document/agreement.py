"""An agreement as a Word document: what its page `dokument` shows, chapter by chapter."""

import re
from datetime import date, datetime
from typing import Any

from engine.clock import local_date
from engine.packs import Pack
from engine.queries import ActivityRow, AgreementDocument, DecisionRow
from exports.document.paper import Paper, Properties
from exports.language import Translate
from exports.register_tables import ACTIVITY_STATUSES
from exports.status_words import agreement_words, outcome_words

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document_file_name(document: AgreementDocument) -> str:
    """`samflode-dalarna-kvinnofrid-2024-2083-version-1.docx`"""
    key = re.sub(r"[^A-Za-z0-9-]+", "-", document.agreement.key).strip("-")
    version = f"-version-{document.version.number}" if document.version else ""
    return f"samflode-{key}{version}.docx"


def word_document(
    document: AgreementDocument, pack: Pack, say: Translate, locale: str, generated_at: datetime
) -> bytes:
    """The document as a file. `pack` is the agreement's own; `generated_at` the day that lateness is counted to."""
    return _Writer(document, pack, say, locale, generated_at).write()


class _Writer:
    def __init__(
        self, document: AgreementDocument, pack: Pack, say: Translate, locale: str, generated_at: datetime
    ) -> None:
        self.document, self.pack, self.say, self.locale = document, pack, say, locale
        self.today = local_date(generated_at)
        agreement = document.agreement
        place = f", {agreement.organisation_name}" if agreement.organisation_name else ""
        self.title = self.say("Lokal överenskommelse") + place if place else say(agreement.title)
        self.paper = Paper(
            Properties(
                title=self.title,
                subject=say(pack.title),
                author=say("Samflöde"),
                keywords=agreement.key,
                locale=locale,
                created=generated_at,
            )
        )

    def write(self) -> bytes:
        self._front()
        if self.document.agreement.kind == "local":
            self._chapters()
            self._goals()
            self._activities()
        else:
            self._regional()
        self._decisions()
        self._signatures()
        self._annexes()
        self._files()
        return self.paper.content()

    def _front(self) -> None:
        agreement, version = self.document.agreement, self.document.version
        number = self.say("version {number}").format(number=version.number) if version else ""
        made = self.say("Hämtad ur Samflöde {day}").format(day=self.today.isoformat())
        self.paper.header_and_footer(
            " · ".join(part for part in (self.title, number, self._standing()) if part), made, self.say("Sida")
        )
        over = self.say(self.pack.title) if agreement.kind == "local" else self.say("Regional överenskommelse")
        self.paper.title(self.title, over, self._standing())
        rows = [(self.say("Beteckning"), agreement.key)]
        if version:
            rows.append((self.say("Version"), str(version.number)))
        if self.document.parties:
            rows.append((self.say("Parter"), ", ".join(self.document.parties)))
        rows += [(self.say("Gäller"), self._validity()), *self._decided()]
        self.paper.facts(self.say("Om överenskommelsen"), rows)
        self.paper.contents(self.say("Innehåll"))
        self.paper.break_page()

    def _standing(self) -> str:
        """What the reader must know before anything else: whether this is what holds."""
        version, agreement = self.document.version, self.document.agreement
        if version is None or (version.is_approved and self.document.is_current):
            return agreement_words(agreement.status, self.say)
        if version.is_approved:
            return self.say("Tidigare version, ersatt")
        return self.say("Förslag, inte beslutat") if version.finished_at else self.say("Arbetsutkast, inte beslutat")

    def _validity(self) -> str:
        agreement = self.document.agreement
        if agreement.in_force_on is None or agreement.valid_to is None:
            return self.say("inte än")
        return f"{agreement.in_force_on.isoformat()} – {agreement.valid_to.isoformat()}"

    def _decided(self) -> list[tuple[str, str]]:
        if self.document.agreement.kind != "local":
            return []
        return [
            (self.say("Beslut av {party}").format(party=one.party_name or ""), _decision_line(one, self.say))
            for one in self.document.party_decisions
        ]

    def _chapters(self) -> None:
        for chapter in self.document.chapters:
            self.paper.heading(self.say(chapter.title), 1)
            for section in chapter.sections:
                self.paper.heading(f"{section.number} {self.say(section.title)}".strip(), 2)
                if section.text:
                    self.paper.text(section.text)
                else:
                    self.paper.note(self.say("Inget är skrivet än."))

    def _goals(self) -> None:
        rows = self.document.goals.values.get("goals") if self.document.goals else None
        if not rows:
            return
        self.paper.heading(self.say("Lokala mål"), 1)
        head = [self.say(title) for title in ("Mål", "Mått", "Läget när målet sattes", "Målnivå", "Ska vara nått")]
        names = ("goal", "measure", "baseline", "target", "by_when")
        cells = [[str(row.get(name) or self.say("saknas")) for name in names] for row in rows if isinstance(row, dict)]
        self.paper.table(self.say("Lokala mål"), head, cells, (5, 3.4, 3.2, 2.6, 2.2))

    def _activities(self) -> None:
        self.paper.heading(self.say("Aktivitetsplan"), 1)
        rows = self.document.activities
        if not rows:
            self.paper.note(self.say("Ingen plan är inskickad än."))
            return
        caption = self.say("Aktiviteter enligt planen {day}").format(day=local_date(rows[-1].recorded_at).isoformat())
        head = [self.say(title) for title in ("Vad", "Hur och när", "Vem och med vem", "Följs upp med", "Klar senast")]
        cells = [self._activity(row) for row in rows]
        self.paper.table(caption, [*head, self.say("Läge")], cells, (3.6, 3.2, 3, 2.4, 2.15, 2.05))

    def _activity(self, row: ActivityRow) -> list[str]:
        missing = self.say("saknas")
        with_whom = self.say("med {whom}").format(whom=row.with_whom) if row.with_whom else ""
        groups = ", ".join(self._group(group) for group in row.target_groups)
        days = row.days_late(self.today) if self.document.is_current else 0
        status = self.say(ACTIVITY_STATUSES.get(row.status or "", row.status or "")) or missing
        return [
            "\n".join(part for part in (row.activity, groups) if part),
            "\n".join(part for part in (row.how, row.when) if part) or missing,
            "\n".join(part for part in (row.by or row.responsible, with_whom) if part) or missing,
            row.follow_up or missing,
            row.ends_on.isoformat() if row.ends_on else missing,
            self.say("Försenad {days} dagar").format(days=days) if days else status,
        ]

    def _group(self, key: str) -> str:
        item: dict[str, Any] = self.pack.item("target_groups", key) or {}
        return self.say(str(item.get("title", key)))

    def _regional(self) -> None:
        if self.document.purposes:
            self.paper.heading(self.say("Syfte och mål"), 1)
            for title, text in self.document.purposes:
                self.paper.heading(self.say(title), 2)
                self.paper.text(self.say(text))
        if self.document.target_groups:
            self.paper.heading(self.say("Målgrupper"), 1)
            self.paper.points([self.say(group) for group in self.document.target_groups])

    def _decisions(self) -> None:
        rows = self.document.party_decisions
        self.paper.heading(self.say("Parternas beslut"), 1)
        if not rows:
            self.paper.note(self.say("Inget beslut är registrerat om den här versionen."))
            return
        head = [self.say(title) for title in ("Part", "Beslut", "Datum", "Organ", "Diarienummer")]
        cells = [
            [
                one.party_name or "",
                outcome_words(one, self.say),
                one.decided_on.isoformat() if one.decided_on else self.say("saknas"),
                one.body or self.say("saknas"),
                _case_number(one) or self.say("saknas"),
            ]
            for one in rows
        ]
        self.paper.table(self.say("Varje parts beslut"), head, cells, (3.2, 2.8, 2.4, 4, 4))

    def _signatures(self) -> None:
        rows = self.document.signatures
        if not rows:
            return
        self.paper.heading(self.say("Underskrifter"), 1)
        head = [self.say(title) for title in ("För", "Namn", "Titel", "Datum", "Ort")]
        cells = [
            [
                self.say(one.signs_for),
                one.name or self.say("saknas"),
                one.title or self.say("saknas"),
                _day(one.signed_on) or self.say("saknas"),
                one.place or self.say("saknas"),
            ]
            for one in rows
        ]
        self.paper.table(self.say("Registrerade underskrifter"), head, cells, (4.4, 4, 3.2, 2.4, 2.4))

    def _annexes(self) -> None:
        if not self.document.annexes:
            return
        self.paper.heading(self.say("Bilagor"), 1)
        for one in self.document.annexes:
            self.paper.heading(f"{self.say('Bilaga')} {one.number}: {one.title}", 2)
            facts = [(self.say("Gäller från"), _day(one.applies_from)), (self.say("Ändrar"), one.passage)]
            self.paper.facts(self.say("Om bilagan"), [(term, value) for term, value in facts if value])
            self.paper.text(one.text)
            self.paper.note(one.reason)

    def _files(self) -> None:
        if not self.document.files:
            return
        self.paper.heading(self.say("Filer"), 1)
        self.paper.note(self.say("Filerna ligger i Samflöde och följer med ärendet som zip."))
        self.paper.points(
            [
                f"{file.name} ({self.say(file.about)}, {_day(local_date(file.handed_in_at))})"
                for file in self.document.files
            ]
        )


def _decision_line(one: DecisionRow, say: Translate) -> str:
    parts = [
        outcome_words(one, say),
        _day(one.decided_on),
        one.body or "",
        _case_number(one) or say("diarienummer saknas"),
    ]
    return ", ".join(part for part in parts if part)


def _case_number(one: DecisionRow) -> str:
    return ", ".join(part for part in (one.case_number, one.protocol) if part)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
