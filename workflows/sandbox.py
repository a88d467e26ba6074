"""The sandbox in which workflows run: in the worker, in simulations, and wherever their histories are replayed."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "activities",
    "annotated_types",
    "domain",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
)
"""Loaded once for all workflows instead of once for each: they keep no state that a workflow could see change."""


def sandbox(*more: str) -> SandboxedWorkflowRunner:
    """The sandboxed runner, with these further modules passed through."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *more)
    )
