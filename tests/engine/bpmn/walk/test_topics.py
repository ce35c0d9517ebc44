"""The tables that speak of service tasks name the same topics."""

from engine import handlers
from engine.bpmn.topics import TOPICS
from engine.bpmn.walk.answers import results
from engine.bpmn.walk.names import Names


def test_every_topic_has_its_handler_and_no_other() -> None:
    assert handlers._HANDLERS.keys() == TOPICS.keys()


def test_the_walk_knows_what_each_topic_sets() -> None:
    for topic in TOPICS.values():
        names = Names({name: set() for name in topic.sets})
        assert {frozenset(each) for each in results(topic.name, names)} == {frozenset(topic.sets)}
