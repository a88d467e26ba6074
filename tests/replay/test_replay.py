"""Histories recorded by earlier releases replay under today's code, and give the very facts that were written then."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.record import RUNS
from tests.replay.replaying import replay
from tests.replay.tickets import TICKETS

RECORDED = sorted((Path(__file__).resolve().parent / "recorded").glob("*.json.gz"))


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def test_a_run_of_each_vendor_is_recorded() -> None:
    assert {path.name.removesuffix(".json.gz") for path in RECORDED} >= {*RUNS, *TICKETS}
    assert sum(path.stat().st_size for path in RECORDED) < 2_000_000


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name.removesuffix(".json.gz"))
async def test_a_recorded_run_replays_and_tells_the_same_facts_digest_for_digest(path: Path) -> None:
    recorded = load(path)
    # Of several runs of one workflow the later ones stand under its id, the earlier ones under ``id|number``.
    histories = [WorkflowHistory.from_json(key.partition("|")[0], run) for key, run in recorded["histories"].items()]
    replayed = await replay(histories)
    assert {key: [[f.seq, f.kind, f.digest] for f in facts] for key, facts in replayed.items()} == recorded["facts"]


async def test_a_history_that_was_tampered_with_does_not_give_the_same_facts() -> None:
    recorded = load(RECORDED[0])
    key = next(each for each in recorded["histories"] if each.startswith("contract/"))
    tampered = json.loads(json.dumps(recorded["histories"][key]))
    for event in tampered["events"]:
        event["eventTime"] = event["eventTime"].replace("2026-01-30", "2026-01-29")
    replayed = await replay([WorkflowHistory.from_json(key, tampered)])
    assert [f.digest for f in replayed[key]] != [digest for _, _, digest in recorded["facts"][key]]
