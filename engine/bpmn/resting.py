"""Workflows that stay in memory between two steps, to be found again by the very state that was stored.

Nothing can be stale: whoever resumes has read the state from the database, and only a workflow that was saved as just
those bytes is given out, once. One whose transaction failed was saved as bytes that nobody ever reads. What is not
found here (another process was there meanwhile, or it is long ago) is read from the state, as after a restart.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from engine.bpmn.state import note_catching

_MOST = 200  # of a few ten kB each

_resting: OrderedDict[bytes, tuple[Any, Any]] = OrderedDict()
_lock = Lock()


def keep(workflow: Any, waits: Any, state: bytes) -> None:
    """Keep a workflow that has just been pruned and encoded as `state`, with what it `waits` for."""
    _forget_what_is_not_stored(workflow)
    with _lock:
        _resting[state] = (workflow, waits)
        if len(_resting) > _MOST:
            _resting.popitem(last=False)


def take(spec: Any, state: bytes) -> Any:
    """The workflow of this spec that rests with this state, and what it waits for, for the caller alone; or None."""
    with _lock:
        found = _resting.pop(state, None)
    return found if found is not None and found[0].spec is spec else None


def _forget_what_is_not_stored(workflow: Any) -> None:
    """Bring what the state does not hold to where `state.decode` begins, so that both ways go on alike."""
    workflow.script_engine = None  # the next step's own, with its moment and its transaction
    workflow.bpmn_events = []
    workflow.event_manager.tasks = {}
    for scope in (workflow, *workflow.subprocesses.values()):
        scope.correlations = {}
        for task in scope.tasks.values():
            task.thread_id = 0
            note_catching(workflow, task)
