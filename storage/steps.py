"""A step of a workflow, written in one transaction: its facts, the read models, its letters, what lies on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.facts import Fact
from storage.facts import fact_writes, write_facts
from storage.outbox import Letter, letter_write, record_letters
from storage.pipeline import NotTaken, Pipeline, Write, write_in
from storage.session import Sessions
from storage.telling import ProjectionError


@dataclass(frozen=True, slots=True)
class Step:
    """With ``claim_seconds`` the letters that are new are claimed from the start. ``shelf``: `tickets.put_on_shelf`."""

    facts: Sequence[Fact]
    letters: Sequence[Letter]
    claim_seconds: float | None
    shelf: Write | None = None


async def write_step(sessions: Sessions, pipeline: Pipeline, step: Step) -> set[str]:
    """Write it; the Message-IDs of the letters that were not there yet. A step that is written twice is there once.

    Most steps are new, and nothing has to be read for them: those take one round trip. Whatever the database does not
    take in that way changes nothing, and is tried statement by statement. Raises FactConflict, ProjectionError, or
    what SQLAlchemy says of a database that is away.
    """
    writes = _writes(step)
    if writes:
        try:
            returned = await pipeline.commit(writes)
        except NotTaken:
            pass  # written before, by somebody else, not at all: the other way finds out
        else:
            return set(returned[-1]) if step.letters else set()
    async with sessions.begin() as session:
        await write_facts(session, step.facts)
        new = await record_letters(session, step.letters, step.claim_seconds)
        if step.shelf is not None:
            await write_in(session, step.shelf)
    return new


def _writes(step: Step) -> list[Write]:
    """All of the step, its letters last; nothing where its rows cannot be known without reading others."""
    try:
        writes = fact_writes(step.facts)
    except ProjectionError:  # may be of a fact that stands there already, and then it is not asked
        return []
    if writes is None:
        return []
    if step.shelf is not None:
        writes.append(step.shelf)
    if step.letters:
        writes.append(letter_write(step.letters, step.claim_seconds))
    return writes
