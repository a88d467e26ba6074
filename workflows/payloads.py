"""How inputs and results travel: as pydantic's JSON, the same for every client, worker and replay."""

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_CONVERTERS = tuple(PydanticPayloadConverter().converters.values())


class _MadeOnce(CompositePayloadConverter):
    """The SDK makes a converter for each workflow run, and each would make its own readers of all types again.

    These are made once a process: that of a contract's order takes 12 ms, and a meeting would need several.
    """

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


data_converter = DataConverter(payload_converter_class=_MadeOnce)
