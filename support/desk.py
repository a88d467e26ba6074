"""What whoever registers or handles tickets holds: the ways to PostgreSQL and Temporal, and the packages on offer."""

from dataclasses import dataclass

from temporalio.client import Client

from plans.catalogue import Catalogue
from storage.session import Sessions


@dataclass(frozen=True, slots=True)
class Desk:
    """One for each process."""

    sessions: Sessions
    temporal: Client
    task_queue: str
    catalogue: Catalogue
