"""What the sandbox counts on: nothing in the way of a payload asks whose it is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import CompositePayloadConverter, WorkflowSerializationContext

from activities.calls import DeliverCall, RecordCall
from tests.mail.samples import CONTENTS, message
from tests.mail.ticket_samples import TICKETS, ticket_message
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


@pytest.mark.parametrize("name", [*CONTENTS, *TICKETS])
def test_a_message_of_each_kind_comes_back_as_it_was(name: str) -> None:
    sent = replace(CALL, messages=(message(name) if name in CONTENTS else ticket_message(name),))
    payloads = data_converter.payload_converter.to_payloads([sent])
    assert data_converter.payload_converter.from_payloads(payloads, [RecordCall]) == [sent]


def test_a_message_of_an_unknown_kind_is_refused() -> None:
    (payload,) = data_converter.payload_converter.to_payloads([replace(CALL, messages=(message("welcome"),))])
    payload.data = payload.data.replace(b'"kind":"welcome"', b'"kind":"goodbye"')
    with pytest.raises(ValidationError, match="'goodbye' found using 'kind' does not match any of the expected tags"):
        data_converter.payload_converter.from_payloads([payload], [RecordCall])


def test_each_workflow_run_gets_the_same_readers_of_its_types() -> None:
    first, second = (data_converter.payload_converter_class() for _ in range(2))
    assert isinstance(first, CompositePayloadConverter)
    assert isinstance(second, CompositePayloadConverter)
    assert first.converters == second.converters
