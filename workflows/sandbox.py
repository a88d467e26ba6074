"""The sandbox in which workflows run: in the worker, in simulations, and wherever their histories are replayed."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

PASSED_THROUGH = (
    "activities",
    "annotated_types",
    "domain",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "workflows",
)
"""Loaded once for all workflows instead of once for each: they keep no state that a workflow could see change.

That they ask no clock, no chance and no disk is checked in their source (`tests.workflows.test_determinism`).
"""


def sandbox(*more: str) -> SandboxedWorkflowRunner:
    """The sandboxed runner, with these further modules passed through. Its clients use `workflows.payloads`."""
    return _Sandbox(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *more))


class _Sandbox(SandboxedWorkflowRunner):
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    """A sandboxed workflow that is not asked whose payload it is that is being written or read.

    The SDK (1.35) asks that four times for each payload, and each question enters the sandbox: a tenth of a worker's
    time. `workflows.payloads` has no part that takes the answer (no codec, no external storage), so it is: nobody's.
    """

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()
