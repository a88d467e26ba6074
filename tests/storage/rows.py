"""All that the screens read, to be compared, and how it came there."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, text

from storage.session import Sessions
from storage.views import READ_MODELS


async def everything(sessions: Sessions) -> dict[str, list[str]]:
    """Every row of every read model, as text."""
    async with sessions() as session:
        return {
            name: sorted(map(str, await session.execute(text(f"TABLE {name}"))))
            for name in (table.__tablename__ for table in READ_MODELS)
        }


@contextmanager
def statements(sessions: Sessions) -> Iterator[list[str]]:
    """The statements that go out over a session, one after the other, and not those about the transaction."""
    engine, seen = sessions.kw["bind"].sync_engine, list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement.split(maxsplit=1)[0])

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
