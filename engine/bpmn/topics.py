"""What a service task may ask the engine to do: its topic, the properties it takes and the variables it sets.

Only the contract stands here, so that a pack can be checked without running anything; `engine.handlers` does the work.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One kind of service task. `sets` are the variables that conditions and timers may use afterwards."""

    name: str
    description: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


_ALL = (
    Topic(
        "notify",
        "Skickar ett meddelande till dem som har rollerna. scope=all når alla lokala överenskommelser, "
        "urgent=true skickas alltid genast.",
        required=("to", "text"),
        optional=("scope", "urgent"),
    ),
    Topic(
        "publish_agreement",
        "Gör överenskommelsen gällande från in_force_on (annars i dag) till och med valid_to.",
        optional=("valid_to",),
        sets=("in_force_on",),
    ),
    Topic(
        "set_agreement_status",
        "Ändrar överenskommelsens status, och hur länge den gäller.",
        required=("status",),
        optional=("valid_to",),
    ),
    Topic(
        "start_processes",
        "Startar en process per organisation i listan. pass räknar upp variabler som följer med.",
        required=("process", "for_each"),
        optional=("pass",),
    ),
    Topic(
        "start_successor",
        "Startar samma process på nytt med den här överenskommelsen som föregångare.",
        optional=("pass",),
    ),
    Topic(
        "tell_local_agreements",
        "Skickar meddelandet till var och en av de lokala överenskommelserna.",
        required=("message",),
    ),
    Topic(
        "plan_next_review",
        "Räknar ut nästa årliga uppföljning från det datum då överenskommelsen började gälla.",
        sets=("next_review_on", "review_year"),
    ),
    Topic(
        "tally_decisions",
        "Räknar samman varje organisations senaste svar i den namngivna uppgiften.",
        required=("element",),
        sets=("approved_organisations", "other_organisations", "all_approved"),
    ),
)
TOPICS: dict[str, Topic] = {topic.name: topic for topic in _ALL}

AGREEMENT_STATUSES = ("in_force", "under_revision", "extended", "prolonged", "lapsed", "replaced", "ended")
