"""Draws random models inside the profile: every construct, inside every other, from a seed.

A block is (first element, last element) with its parts on the side; blocks are put one after the other or into each
other. Choices stand directly behind the task that they ask about, and a parallel part in a loop is a sub-process.
"""

import random
from collections.abc import Callable
from itertools import pairwise

from tests.engine.bpmn.constructs import FAILS, FAULT, TERMINATE
from tests.engine.bpmn.profile.drawing import (
    SIGNAL,
    SIGNALLED,
    boundary,
    call,
    chain,
    end,
    exclusive,
    flow,
    many,
    model,
    node,
    parallel,
    start,
    sub,
    throw,
    timer,
    user,
    wait,
)

AGAIN = 'outcome == "again"'
OTHER = 'outcome == "other"'
OUT = '<camunda:out source="outcome" target="outcome"/>'
Block = tuple[str, str]


def random_model(seed: str) -> str:
    """A model of five to forty elements."""
    return _Drawing(random.Random(seed)).model()


class _Drawing:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._count = 0
        self._parts: list[str] = []  # of the scope that is being drawn
        self._messages: list[str] = []
        self._in_loop = False  # in the scope that is being drawn

    def model(self) -> str:
        first, last = self._sequence(self._dice.choice([1, 2, 2, 3]))
        root = FAULT + SIGNAL + "".join(self._messages)
        return model(start(), end(), *self._parts, chain("begun", first), chain(last, "done"), root=root)

    # Blocks ----------------------------------------------------------------------------------------------------

    def _sequence(self, depth: int) -> Block:
        blocks = [self._block(depth) for _ in range(self._dice.choice([1, 1, 2]))]
        for (_, last), (first, _) in pairwise(blocks):
            self._add(flow(last, first))
        return blocks[0][0], blocks[-1][1]

    def _block(self, depth: int) -> Block:
        simple: list[Callable[[int], Block]] = [self._task, self._many, self._call, self._catch, self._event_gateway]
        nested: list[Callable[[int], Block]] = [self._choice, self._parallel, self._loop, self._sub, self._stopped_sub]
        nested += [self._spread, self._told_to_all]
        return self._dice.choice(simple + (nested * 2 if depth else []))(depth)

    def _task(self, depth: int) -> Block:
        task = self._name("task")
        self._add(user(task))
        return self._with_edges(task, depth)

    def _many(self, depth: int) -> Block:
        task, loop = self._name("many"), many()
        if self._dice.random() < 0.4:
            loop = loop.replace("Characteristics>", 'Characteristics isSequential="true">', 1)
        self._add(user(task, loop))
        return self._with_edges(task, depth)

    def _call(self, depth: int) -> Block:
        task = self._name("call")
        self._add(call(task, inner=OUT))
        return self._with_edges(task, depth)

    def _catch(self, _: int) -> Block:
        event = self._name("event")
        self._add(wait(event, self._awaited()))
        return event, event

    def _event_gateway(self, depth: int) -> Block:
        gateway, merged = self._name("whichever"), self._name("merged")
        self._add(node("eventBasedGateway", gateway), exclusive(merged))
        for _ in range(2):
            event = self._name("event")
            self._add(wait(event, self._message()))
            first, last = self._task(0)
            self._add(chain(gateway, event, first), chain(last, merged))
        return gateway, merged

    def _choice(self, depth: int) -> Block:
        task, gateway, merged = self._name("decide"), self._name("which"), self._name("merged")
        self._add(user(task), chain(task, gateway), exclusive(gateway, default=f"{gateway}_on"), exclusive(merged))
        for condition in (None, AGAIN, OTHER):
            first, last = self._sequence(depth - 1)
            self._add(flow(gateway, first, condition, None if condition else f"{gateway}_on"), chain(last, merged))
        return task, merged

    def _parallel(self, depth: int) -> Block:
        if self._in_loop:
            return self._sub(depth, self._parallel)
        split, join = self._name("split"), self._name("join")
        self._add(parallel(split), parallel(join))
        for _ in range(self._dice.randint(2, 3)):
            first, last = self._sequence(depth - 1)
            self._add(chain(split, first), chain(last, join))
        return split, join

    def _loop(self, depth: int) -> Block:
        merged, task, gateway, onward = (self._name(n) for n in ("round", "decide", "again", "onward"))
        around, self._in_loop = self._in_loop, True
        first, last = self._sequence(depth - 1)
        self._in_loop = around
        self._add(exclusive(merged), user(task), exclusive(gateway, default=f"{gateway}_on"), exclusive(onward))
        self._add(chain(merged, first), chain(last, task, gateway))
        self._add(flow(gateway, merged, AGAIN), flow(gateway, onward, None, f"{gateway}_on"))
        return merged, onward

    def _sub(self, depth: int, inner: Callable[[int], Block] | None = None) -> Block:
        name = self._name("sub")
        self._scope(name, lambda: self._ended(*(inner or self._sequence)(depth - 1 if inner is None else depth)))
        return self._with_edges(name, depth)

    def _stopped_sub(self, depth: int) -> Block:
        """Two branches of a sub-process; one may stop the other, by a terminate end or by an error."""
        name, fails = self._name("sub"), self._dice.random() < 0.5

        def inside() -> str:
            split, task, gateway, stop = (self._name(n) for n in ("split", "decide", "stops", "stopped"))
            self._add(parallel(split), user(task), exclusive(gateway, default=f"{gateway}_on"))
            self._add(end(stop, FAILS if fails else TERMINATE), chain(split, task, gateway))
            self._add(flow(gateway, stop, AGAIN))
            over = self._name("over")
            self._add(end(over), flow(gateway, over, None, f"{gateway}_on"))
            first, last = self._sequence(depth - 1)
            self._add(chain(split, first))
            return self._ended(first, last) and split

        self._scope(name, inside)
        if not fails:
            return self._with_edges(name, depth)
        caught, merged, (first, last) = self._name("caught"), self._name("merged"), self._task(0)
        self._add(boundary(caught, name, FAILS), chain(caught, first), chain(last, merged), exclusive(merged))
        self._add(chain(name, merged))
        return name, merged

    def _spread(self, depth: int) -> Block:
        """Two tokens one after the other through the same elements, a split among them, without any join."""
        name = self._name("sub")

        def inside() -> str:
            first, merged, second = self._name("split"), self._name("merged"), self._name("split")
            self._add(parallel(first), exclusive(merged), parallel(second))
            for _ in range(2):
                task, branch, over = self._name("task"), self._name("task"), self._name("over")
                self._add(user(task), chain(first, task, merged), user(branch), end(over), chain(second, branch, over))
            between = self._name("task")
            self._add(user(between), chain(merged, between, second))
            return first

        self._scope(name, inside)
        return self._with_edges(name, depth)

    def _told_to_all(self, depth: int) -> Block:
        """A task that throws a signal, once or again: whatever waits for it in the instance then has it."""
        merged, task, thrown, gateway = (self._name(n) for n in ("round", "decide", "told", "again"))
        onward = self._name("onward")
        self._add(exclusive(merged), user(task), throw(thrown, SIGNALLED), exclusive(gateway, default=f"{gateway}_on"))
        self._add(exclusive(onward), chain(merged, task, thrown, gateway), flow(gateway, merged, AGAIN))
        self._add(flow(gateway, onward, None, f"{gateway}_on"))
        return merged, onward

    # What blocks are made of -----------------------------------------------------------------------------------

    def _scope(self, name: str, inside: Callable[[], str]) -> None:
        around, self._parts, loop, self._in_loop = self._parts, [], self._in_loop, False
        begun = self._name("begun")
        first = inside()
        drawn = sub(name, start(begun), *self._parts, chain(begun, first))
        self._parts, self._in_loop = around, loop
        self._add(drawn)

    def _ended(self, first: str, last: str) -> str:
        over = self._name("over")
        self._add(end(over), chain(last, over))
        return first

    def _with_edges(self, host: str, depth: int) -> Block:
        """Up to two boundary events: one that goes another way, one that only begins something more."""
        last = host
        if self._dice.random() < 0.4:
            event, merged, (first, aside) = self._name("late"), self._name("merged"), self._task(0)
            self._add(boundary(event, host, self._awaited()), chain(event, first), chain(aside, merged))
            self._add(exclusive(merged), chain(host, merged))
            last = merged
        if self._dice.random() < 0.3:
            event, task, over = self._name("told"), self._name("extra"), self._name("over")
            self._add(boundary(event, host, self._awaited(), cancelActivity="false"))
            self._add(user(task), end(over), chain(event, task, over))
        return host, last

    def _awaited(self) -> str:
        if self._dice.random() < 0.3:
            return SIGNALLED
        return self._message() if self._dice.random() < 0.5 else timer(self._dice.choice(["P1D", "P1M", "P1Y"]))

    def _message(self) -> str:
        name = self._name("message")
        self._messages.append(f'<bpmn:message id="{name}" name="{name}"/>')
        return f'<bpmn:messageEventDefinition messageRef="{name}"/>'

    def _name(self, word: str) -> str:
        self._count += 1
        return f"{word}_{self._count}"

    def _add(self, *parts: str) -> None:
        self._parts.extend(parts)
