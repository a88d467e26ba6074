"""What every section of a vendor's file is made of: it knows its keys, and where it stands."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, PrivateAttr, StrictInt, model_validator

from plans.problems import Place
from plans.source import SourceList, SourceMap

Day = Annotated[StrictInt, Field(ge=1, le=3660)]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class Section(BaseModel):
    """A mapping of the file, which remembers where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    _source: SourceMap = PrivateAttr(default_factory=SourceMap)

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        section = handler(data)
        if isinstance(data, SourceMap):
            section._source = data
        return section

    def place(self, key: str = "", item: int | None = None) -> Place:
        """Where the section stands, or one of its keys, or an item of a list under that key."""
        listed = self._source.get(key)
        if item is not None and isinstance(listed, SourceList):
            return listed.places[item]
        return self._source.places.get(key, self._source.place)
