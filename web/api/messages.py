"""Messages from other systems to a process that waits for one."""

from typing import Annotated

from pydantic import Field

from engine.commands.messages import deliver_message
from engine.tokens import WORK
from web.api.routes import Call, route
from web.api.shapes import Given, Name, Taken, Variables


class Message(Taken):
    name: Name
    correlation_key: Annotated[Name, Field(description="usually the business key of the one who waits")]
    variables: Annotated[Variables, Field(default_factory=dict)]
    message_id: Annotated[Name | None, Field(description="yours; the same one twice is one message")] = None


class Delivery(Given):
    """Who received the message; null while it is kept, because the one who waits is suspended or failed with it."""

    process_instance_id: str | None


@route(
    "POST", "/messages", "Send a message to the one that waits for it", scope=WORK, body=Message, gives=Delivery,
    refusals=(404, 409),
)  # fmt: skip
def send_message(call: Call, body: Message) -> Delivery:
    receiver = deliver_message(
        call.connection, call.now, call.person, body.name, body.correlation_key, body.variables, body.message_id
    )
    return Delivery(process_instance_id=receiver)
