"""Every workflow of the worker."""

from workflows.contract import ContractWorkflow
from workflows.meeting import MeetingWorkflow

WORKFLOWS: list[type] = [ContractWorkflow, MeetingWorkflow]
