"""What all tables share: the metadata with its naming rule, and the Python types' column types."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names follow from their columns, so that a migration can name what it changes."""


class Base(DeclarativeBase):
    """Every instant is a timestamptz (read back in UTC), every text unbounded unless its column says otherwise."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way to configure)
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
        int: BigInteger(),
        list[str]: ARRAY(Text()),
    }


def table_of(model: type[Base]) -> Table:
    """The table itself. Statements on it do without the ORM, which for a small statement takes as long as all else."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
