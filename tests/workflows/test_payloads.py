"""What the sandbox counts on: nothing in the way of a payload asks whose it is."""

from datetime import UTC, datetime

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import CompositePayloadConverter, WorkflowSerializationContext

from activities.calls import DeliverCall, RecordCall
from workflows.payloads import data_converter

CALL = RecordCall("contract/acme-2026", "acme-2026", (), (), datetime(2026, 2, 2, 8, 0, tzinfo=UTC))


def test_no_part_of_the_converter_takes_a_context() -> None:
    context = WorkflowSerializationContext(namespace="default", workflow_id="contract/acme-2026")
    assert data_converter.with_context(context) is data_converter
    assert (data_converter.payload_codec, data_converter.external_storage) == (None, None)


def test_payloads_are_those_of_pydantics_converter() -> None:
    values = [CALL, DeliverCall(("<a@reply.example>",)), None, b"bytes"]
    payloads = data_converter.payload_converter.to_payloads(values)
    assert payloads == pydantic_data_converter.payload_converter.to_payloads(values)
    assert data_converter.payload_converter.from_payloads(payloads[:1], [RecordCall]) == [CALL]


def test_each_workflow_run_gets_the_same_readers_of_its_types() -> None:
    first, second = (data_converter.payload_converter_class() for _ in range(2))
    assert isinstance(first, CompositePayloadConverter)
    assert isinstance(second, CompositePayloadConverter)
    assert first.converters == second.converters
