"""Facts: what happened, numbered per workflow and chained by a digest.

A workflow makes facts; one activity writes them, with the read models that the screens show. Replaying a history
must give the same facts, digest for digest, so a fact holds only what came in by input, message or activity result.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64
"""The digest before the first fact of a workflow."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One immutable thing that happened, with the clauses it concerns.

    ``at`` is the business time (UTC). ``subject`` is what it is about inside the contract: an agenda key, a
    meeting key, a role, or empty for the contract itself. ``data`` holds only JSON values without floats.
    """

    workflow_id: str
    seq: int
    at: datetime
    kind: str
    contract_id: str
    subject: str
    clauses: tuple[str, ...]
    data: dict[str, object]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The end of a workflow's chain of facts: what continue-as-new carries over."""

    seq: int = 0
    digest: str = GENESIS

    def append(
        self,
        workflow_id: str,
        contract_id: str,
        at: datetime,
        kind: str,
        subject: str = "",
        clauses: tuple[str, ...] = (),
        data: Mapping[str, object] | None = None,
    ) -> tuple["Chain", Fact]:
        """The chain with one more fact, and the fact. ValueError for a naive time or a value that is not JSON."""
        if at.tzinfo is None:
            raise ValueError("a fact's time must be an aware UTC instant")
        instant = at.astimezone(UTC)
        body = dict(data or {})
        _refuse_other_than_json(body, kind)
        seq = self.seq + 1
        canonical = canonical_json(body)
        digest = _digest(self.digest, workflow_id, seq, instant, kind, contract_id, subject, clauses, canonical)
        fact = Fact(workflow_id, seq, instant, kind, contract_id, subject, clauses, body, self.digest, digest)
        return Chain(seq, digest), fact


def canonical_data(fact: Fact) -> str | None:
    """The canonical JSON of a fact's data; None where the fact's digest is not that of its content."""
    data = canonical_json(fact.data)
    digest = _digest(
        fact.previous,
        fact.workflow_id,
        fact.seq,
        fact.at,
        fact.kind,
        fact.contract_id,
        fact.subject,
        fact.clauses,
        data,
    )
    return data.decode() if digest == fact.digest else None


def _digest(
    previous: str,
    workflow_id: str,
    seq: int,
    at: datetime,
    kind: str,
    contract_id: str,
    subject: str,
    clauses: tuple[str, ...],
    data: bytes,
) -> str:
    """SHA-256 over the previous digest and the fact's canonical JSON.

    ``data`` is canonical already, and may be long: so it is put between the fields that sort before and after it.
    """
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    before = canonical_json({"at": instant, "clauses": list(clauses), "contract_id": contract_id})
    after = canonical_json({"kind": kind, "seq": seq, "subject": subject, "workflow_id": workflow_id})
    return hashlib.sha256(previous.encode() + before[:-1] + b',"data":' + data + b"," + after[1:]).hexdigest()


def canonical_json(value: object) -> bytes:
    """One byte string for one value: keys sorted, no white space, no escapes beyond what JSON needs, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def verify(facts: list[Fact]) -> int | None:
    """The number of the first fact that breaks the chain of one workflow, None where it is whole."""
    chain = Chain()
    for fact in facts:
        chain, again = chain.append(
            fact.workflow_id, fact.contract_id, fact.at, fact.kind, fact.subject, fact.clauses, fact.data
        )
        if (again.seq, again.previous, again.digest) != (fact.seq, fact.previous, fact.digest):
            return fact.seq
    return None


def _refuse_other_than_json(value: object, where: str) -> None:
    """Floats have no canonical text, and other types no JSON: both would make a digest depend on the machine."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"{where}: the key {key!r} of a fact's data must be text")
            _refuse_other_than_json(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_other_than_json(item, where)
    elif not isinstance(value, str | int | bool | None):
        raise ValueError(f"{where}: a fact's data holds text, whole numbers, true/false and null, not {value!r}")
