"""The readings A1 to A20: how Pledge reads what a text leaves open, and which field of a plan holds each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """``fields``: the fields of `domain.plan` (``Type.field``) that hold it."""

    text: str
    fields: tuple[str, ...]


READINGS: dict[str, Reading] = {
    "A1": Reading(
        "Days are calendar days in the customer's zone; the start date is day 1, a window closes at the end of its "
        "last day, and the main contact goes on after it.",
        ("Window.first_day", "Window.last_day", "RoleGrant.main_contact", "RoleGrant.window"),
    ),
    "A2": Reading(
        "Hours are reserved at booking and debited by the actual minutes; more than the package holds needs the "
        "customer's approval first; what is unused lapses at the window's end.",
        ("Readings.unused_hours_lapse", "Readings.overage_needs_approval", "OnboardingMeeting.debits_hours"),
    ),
    "A3": Reading(
        "The cadence is kept and stops at the count, whatever the term; counting per year is an option.",
        ("Readings.touchpoint_count_is_per_year",),
    ),
    "A4": Reading(
        "A health check is one meeting with its own agenda and a length that the plan states; it debits no hours.",
        ("Touchpoint.debits_hours", "Touchpoint.minutes"),
    ),
    "A5": Reading("The rate is that of the delivery day; minutes are rounded up to 15.", ("Charge.rounding_minutes",)),
    "A6": Reading(
        "A late best-effort answer is an objective missed, never a breach.",
        ("Readings.best_effort_verdict", "Level.best_effort"),
    ),
    "A7": Reading(
        "Monday to Friday, 24 hours, is Monday 00:00 to Friday 24:00 in the client's zone with holidays included; "
        "the weekend pauses the clock, and the 24/7 add-on extends the intake only.",
        ("CoverageRule.observes_holidays", "CoverageRule.hours"),
    ),
    "A8": Reading("The client's regular business hours are a required field of the contract.", ("CoverageRule.hours",)),
    "A9": Reading(
        "Every two weeks unless the order says weekly.", ("Touchpoint.cadence", "Touchpoint.cadence_choices")
    ),
    "A10": Reading(
        "The charge is base + 100 for each begun ten users; from 100 users on it is entered by hand.",
        ("Charge.step", "Charge.step_amount", "Charge.custom_from"),
    ),
    "A11": Reading("M-T is Monday to Thursday, and 23:59 means 24:00.", ("CoverageRule.hours",)),
    "A12": Reading(
        "One zone for each contract, with its summer time; holidays by the country of the Premises; CET is "
        "Europe/Stockholm.",
        ("CoverageRule.zone", "CoverageRule.region"),
    ),
    "A13": Reading(
        "Fixes are measured and reported with no target; a plan can import a table of them.",
        ("Readings.fix_targets_imported", "Level.measured"),
    ),
    "A14": Reading(
        "Ask and remind, and never close by itself; a plan may set a last day.",
        ("Readings.close_without_agreement_after_days",),
    ),
    "A15": Reading(
        "Calendar quarters and months, due on the 5th business day after their end.", ("Touchpoint.due_business_day",)
    ),
    "A16": Reading("99.999 %, which is 26 s in 30 days; reported, not enforced.", ("Uptime.enforced",)),
    "A17": Reading(
        "Hours and days are open time, one day is one service day; hours by the wall clock are an option.",
        ("Target.wall_clock",),
    ),
    "A18": Reading("The plan's figure wins over the glossary's.", ("Limit.amount",)),
    "A19": Reading(
        "The update clock starts again at each update that the customer can see; an automatic reply is neither "
        "response nor update.",
        ("Readings.update_clock_restarts_at_visible_update", "Readings.automatic_reply_counts_as_response"),
    ),
    "A20": Reading(
        "No clock pauses while the customer is waited for; a plan may allow it.",
        ("Readings.clock_may_pause_for_customer",),
    ),
}
