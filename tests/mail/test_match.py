"""What a reply may change: DESIGN, Invitations, second paragraph."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.meeting import Answer
from domain.replies import Applied, Ignored, MeetingView, Replier, Reply, UnknownReplier, WhyIgnored, match

NOON = datetime(2026, 1, 21, 12, 0, tzinfo=UTC)
ONE = datetime(2026, 1, 21, 13, 0, tzinfo=UTC)

MEETING = MeetingView(
    token="m-7f3k2q9x4c8v1b6n",
    uid="kickoff.acme-2026@pledge.oura.example",
    sequence=1,
    attendees=(Replier("maria.berg@oura.example"), Replier("John.Miller@acme.example")),
)
REPLY = Reply(
    token="m-7f3k2q9x4c8v1b6n",
    uid="kickoff.acme-2026@pledge.oura.example",
    attendee="john.miller@ACME.example",
    answer=Answer.ACCEPTED,
    sequence=1,
    stamp=NOON,
    comment="See you there",
)


def answered(answer: Answer, sequence: int, stamp: datetime) -> MeetingView:
    john = Replier("John.Miller@acme.example", answer, sequence, stamp)
    return replace(MEETING, attendees=(MEETING.attendees[0], john))


def test_an_attendee_is_found_without_regard_to_case_and_named_as_invited() -> None:
    assert match(REPLY, MEETING) == Applied("John.Miller@acme.example", Answer.ACCEPTED, "See you there")


def test_the_token_is_matched_without_regard_to_case() -> None:
    assert isinstance(match(replace(REPLY, token="M-7F3K2Q9X4C8V1B6N"), MEETING), Applied)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"token": "m-other"}, WhyIgnored.OTHER_MEETING),
        ({"uid": "training.acme-2026@pledge.oura.example"}, WhyIgnored.OTHER_UID),
        ({"uid": "KICKOFF.acme-2026@pledge.oura.example"}, WhyIgnored.OTHER_UID),
        ({"sequence": 0}, WhyIgnored.OLDER_SEQUENCE),
        ({"sequence": 2}, WhyIgnored.UNKNOWN_SEQUENCE),
        ({"answer": Answer.NEEDS_ACTION}, WhyIgnored.NO_ANSWER),
    ],
)
def test_what_does_not_fit_is_ignored(change: dict[str, object], reason: WhyIgnored) -> None:
    assert match(replace(REPLY, **change), MEETING) == Ignored(reason)  # type: ignore[arg-type]


def test_a_wrong_token_is_seen_before_the_attendee() -> None:
    assert match(replace(REPLY, token="x", attendee="eve@x.example"), MEETING) == Ignored(WhyIgnored.OTHER_MEETING)


def test_an_unknown_replier_is_told_apart_and_changes_nothing() -> None:
    assert match(replace(REPLY, attendee="eve@acme.example"), MEETING) == UnknownReplier(
        "eve@acme.example", Answer.ACCEPTED, "See you there"
    )


def test_an_answer_that_was_overtaken_is_ignored() -> None:
    assert match(REPLY, answered(Answer.DECLINED, 1, ONE)) == Ignored(WhyIgnored.OLDER_STAMP)


def test_a_later_answer_replaces_the_earlier_one() -> None:
    later = replace(REPLY, stamp=ONE, answer=Answer.DECLINED)
    assert match(later, answered(Answer.ACCEPTED, 1, NOON)) == Applied(
        "John.Miller@acme.example", Answer.DECLINED, "See you there"
    )


def test_the_same_reply_twice_counts_once() -> None:
    assert match(REPLY, answered(Answer.ACCEPTED, 1, NOON)) == Ignored(WhyIgnored.REPEATED)


def test_another_answer_within_the_same_second_counts() -> None:
    assert isinstance(match(REPLY, answered(Answer.DECLINED, 1, NOON)), Applied)


def test_after_a_reschedule_an_earlier_clock_does_not_matter() -> None:
    assert isinstance(match(REPLY, answered(Answer.DECLINED, 0, ONE)), Applied)
