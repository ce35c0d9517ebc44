"""Our own SpiffWorkflow task specs, timer definitions and parser: the constructs that plain SpiffWorkflow gets wrong.

Each says in its docstring what plain 3.2 does instead. Nothing outside `engine.bpmn` imports SpiffWorkflow.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser import event_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import expressions
from engine.bpmn.moments import add_duration, is_duration, to_moment


class LockedDownEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates conditions in the pack's small expression language; there are no scripts.

    Plain: any Python, with `eval` and `exec`.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        super().__init__({})
        self.parameters = parameters

    def evaluate(self, expression: str, context: dict[str, Any], external_context: Any = None) -> Any:
        return expressions.evaluate(expression, {**self.parameters, **context})

    def execute(self, script: str, context: dict[str, Any], external_context: Any = None) -> Any:
        raise WorkflowTaskException("scripts are not part of the profile")


OnSignal = Callable[[str], None]  # what is done when a signal of this name is thrown


def _unheard(_name: str) -> None:
    pass


class Engine(PythonScriptEngine):
    """What specs reach through `workflow.script_engine`: the clock, names, handlers, and which timer is due."""

    def __init__(self, surroundings: Any) -> None:
        super().__init__(LockedDownEnvironment(surroundings.parameters))
        self.surroundings = surroundings
        self.firing: object = None
        self.on_signal: OnSignal = _unheard

    def value(self, task: Task, name: str) -> Any:
        """A literal as it stands, or the value of a variable or pack parameter."""
        text = name.strip()
        if text in task.data:
            return task.data[text]
        return self.surroundings.parameters.get(text, text)


class _FiresWhenTold:
    """Plain: fires when strictly after due by the machine's clock, on any engine step."""

    expression: str

    def has_fired(self, task: Task) -> bool:
        if task._get_internal_data("event_value") is None:
            task._set_internal_data(event_value=self.due(task).isoformat())
        if task.workflow.script_engine.firing == task.id:
            task._set_internal_data(event_fired=True)
        return bool(task._get_internal_data("event_fired", False))

    def due(self, task: Task) -> Any:
        """A duration counted from now by the calendar in Stockholm, or a date or moment."""
        engine = task.workflow.script_engine
        value = engine.value(task, self.expression)
        if isinstance(value, str) and is_duration(value):
            return add_duration(engine.surroundings.now, value)
        return to_moment(value)


class DateTimer(_FiresWhenTold, timer.TimeDateEventDefinition):
    """A timer at a date or moment. Plain: literals must be quoted, naive times are off by the summer-time hour."""


class DurationTimer(_FiresWhenTold, timer.DurationTimerEventDefinition):
    """A timer after a duration. Plain: P1Y is 365 days."""


class Error(ErrorEventDefinition):
    """An error: caught at the edge of the nearest sub-process around it that catches it.

    Plain: caught at the edge of every sub-process beside that one too, which ends what has nothing to do with it.
    """

    def throw(self, my_task: Task) -> None:
        top = my_task.workflow.top_workflow
        scope = my_task.workflow
        while scope.parent_task_id is not None:
            around = top.get_task_from_id(scope.parent_task_id)
            beside = around.parent.children if isinstance(around.parent.task_spec, BoundaryEventSplit) else ()
            for task in beside:
                if task.has_state(TaskState.WAITING) and task.task_spec.catches(task, BpmnEvent(self)):
                    task.task_spec.catch(task, BpmnEvent(self, payload=dict(my_task.data)))
                    task.task_spec._update(task)
                    return
            scope = around.workflow


class Signal(SignalEventDefinition):
    """A signal: told to whoever runs the instance, who lets all that wait for it have it once the thrower rests.

    Plain: reaches only the thrower's own instance, and copies all of the thrower's data to every catcher.
    """

    def throw(self, my_task: Task) -> None:
        my_task.workflow.script_engine.on_signal(self.name)

    def catch(self, my_task: Task, event: Any = None) -> None:
        EventDefinition.catch(self, my_task, event)

    def reset(self, my_task: Task) -> None:
        EventDefinition.reset(self, my_task)

    def update_task_data(self, my_task: Task) -> None:
        """Nothing: a signal carries no data."""


class Parallel(ParallelGateway):
    """A parallel gateway. With one flow in it only splits.

    Plain: a split is a join of one, and drops what an earlier token through it has begun.
    """

    def _update_hook(self, task: Task) -> bool:
        return bool(super()._update_hook(task) if len(self.inputs) > 1 else BpmnSpecMixin._update_hook(self, task))

    def _run_hook(self, task: Task) -> bool:
        return bool(super()._run_hook(task) if len(self.inputs) > 1 else BpmnSpecMixin._run_hook(self, task))


class CalledProcess(BpmnSpecMixin):
    """A call activity: waits, STARTED, until the process instance that it started has ended.

    Plain: the called process runs inside the caller's state, which grows for years.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, called: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.called = called

    def _update_hook(self, task: Task) -> bool:
        super()._update_hook(task)
        if task.internal_data.get("ended"):
            return True
        task._set_state(TaskState.STARTED)
        return False


class External(BpmnSpecMixin):
    """A service task: calls the named handler of `engine.handlers` and puts what it returns into the data."""

    def _run_hook(self, task: Task) -> bool:
        task.set_data(**task.workflow.script_engine.surroundings.call_handler(self.bpmn_id, dict(task.data)))
        return True


class Decision(BpmnSpecMixin):
    """A business rule task: one DMN table with hit policy UNIQUE.

    Plain: does not notice two matches, and no match leaves no output.
    """

    def _run_hook(self, task: Task) -> bool:
        task.set_data(**task.workflow.script_engine.surroundings.decide(self.bpmn_id, dict(task.data)))
        return True


class _CallParser(TaskParser):
    def create_task(self) -> CalledProcess:
        return CalledProcess(self.spec, self.bpmn_id, called=self.node.get("calledElement"), **self.bpmn_attributes)


class _EndParser(event_parsers.EndEventParser):
    """Plain: a signal at an end is silently left out."""

    def create_task(self) -> Any:
        if not self.xpath(event_parsers.SIGNAL_EVENT_XPATH):
            return super().create_task()
        task = self._create_task(self.get_event_definition([event_parsers.SIGNAL_EVENT_XPATH]))
        task.connect(self.spec.end)
        return task


class Parser(BpmnParser):
    """Reads BPMN into SpiffWorkflow's specs, with ours where plain ones do not serve."""

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("callActivity"): (_CallParser, CalledProcess),
        full_tag("serviceTask"): (TaskParser, External),
        full_tag("businessRuleTask"): (TaskParser, Decision),
        full_tag("parallelGateway"): (GatewayParser, Parallel),
        full_tag("endEvent"): (_EndParser, EndEvent),
    }


# The parser finds the definitions of events as names in its own module; there is no other hook.
event_parsers.TimeDateEventDefinition = DateTimer
event_parsers.DurationTimerEventDefinition = DurationTimer
event_parsers.ErrorEventDefinition = Error
event_parsers.SignalEventDefinition = Signal


def parse(bpmn: str, process_key: str) -> tuple[Any, dict[str, Any]]:
    """The process's spec and those of its embedded sub-processes, from BPMN that the profile check has passed."""
    hardened = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    tree = etree.fromstring(bpmn.encode(), hardened)
    for item in tree.iter(full_tag("inputDataItem")):
        # Plain: the item's variable is called by the element's id. Its name is what lanes and forms know, and two
        # tasks may share a name where ids must differ.
        item.set("id", item.get("name") or item.get("id") or "")
    parser = Parser()
    parser.add_bpmn_xml(tree)
    return parser.get_spec(process_key), parser.get_subprocess_specs(process_key)
