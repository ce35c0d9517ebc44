"""The answer of a rule, and what every rule builds on."""

from dataclasses import dataclass

from engine.errors import NotPermitted
from engine.people import Person

RSS = "rss"
PROCESS_LEADER = "process_leader"
REGION = "20"

NOT_YOUR_ORGANISATION = "Du har ingen roll i de organisationer som detta gäller och kan därför inte se det."


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with the reason."""

    refusal: str | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    def demand(self) -> None:
        """Raise `NotPermitted` with the reason when the answer is no."""
        if self.refusal is not None:
            raise NotPermitted(self.refusal)


YES = Verdict()


def is_municipality(code: str) -> bool:
    """Municipal codes have four digits, the region's two; bodies have words."""
    return len(code) == 4 and code.isdigit()


def sees_everything(person: Person) -> bool:
    """RSS follows up the whole county; an administrator keeps the system running."""
    return person.holds(RSS) or person.is_administrator
