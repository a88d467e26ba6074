"""Coverage as it enters workflows: JSON, copies, digests and names in messages."""

import copy
import pickle
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.coverage import (
    Coverage,
    CoverageSpec,
    DatedException,
    Span,
    build,
)
from tests.domain.coverage_examples import HOUR, LUNCH, OFFICE, stockholm_2026, utc


def test_coverage_survives_the_ways_it_travels_without_its_prefix_sums() -> None:
    coverage = stockholm_2026(LUNCH)
    adapter = TypeAdapter(Coverage)
    assert adapter.validate_json(adapter.dump_json(coverage)) == coverage
    payloads = pydantic_data_converter.payload_converter.to_payloads([coverage])
    [back] = pydantic_data_converter.payload_converter.from_payloads(payloads, [Coverage])
    assert back == coverage
    assert back.add(utc("2026-03-02T10:30"), HOUR) == utc("2026-03-02T12:30")
    assert b"open_before" not in payloads[0].data
    unpickled = pickle.loads(pickle.dumps(coverage))  # noqa: S301 - our own bytes
    assert unpickled.add(utc("2026-03-02T10:30"), HOUR) == utc("2026-03-02T12:30")
    assert copy.deepcopy(coverage).digest() == coverage.digest()


def test_a_broken_payload_is_refused_when_it_is_read() -> None:
    with pytest.raises(ValueError, match="sorted"):
        TypeAdapter(Coverage).validate_json('{"starts":[5,1],"ends":[6,2],"since":0,"until":9,"version":1}')


def test_the_specification_travels_as_json() -> None:
    spec = CoverageSpec(
        "Europe/Stockholm",
        LUNCH,
        (date(2026, 4, 3),),
        (DatedException(date(2026, 4, 4), (Span(600, 1440),)),),
    )
    adapter = TypeAdapter(CoverageSpec)
    assert adapter.validate_json(adapter.dump_json(spec)) == spec


def test_the_digest_is_of_the_intervals_and_not_of_the_version() -> None:
    spec = CoverageSpec("UTC", OFFICE)
    one = build(spec, date(2026, 3, 2), date(2026, 3, 2), ZoneInfo, version=1)
    two = build(spec, date(2026, 3, 2), date(2026, 3, 2), ZoneInfo, version=2)
    assert one != two
    assert one.digest() == two.digest() != stockholm_2026(OFFICE).digest()
    # sha256 of [1772409600,1772496000,[1772438400],[1772474400]]
    assert one.digest() == "de9643a94cff38bb357a618a19553037f5ed2f084bdf3e7205917d256273a98b"


def test_coverage_is_named_shortly_in_messages() -> None:
    coverage = build(CoverageSpec("UTC", OFFICE), date(2026, 3, 2), date(2026, 3, 8), ZoneInfo)
    assert repr(coverage) == (
        "Coverage(5 intervals, 2026-03-02T00:00:00+00:00 to 2026-03-09T00:00:00+00:00, version 1)"
    )
