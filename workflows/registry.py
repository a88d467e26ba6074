"""Every workflow of the worker."""

from workflows.contract import ContractWorkflow
from workflows.meeting import MeetingWorkflow
from workflows.ticket import TicketWorkflow

WORKFLOWS: list[type] = [ContractWorkflow, MeetingWorkflow, TicketWorkflow]
