"""Contracts for property tests: any start, term, zone and working week, on a plan that has everything."""

from datetime import date

from hypothesis import strategies as st

from domain.coverage_spec import weekly
from domain.plan import Cadence
from tests.domain.packages import BUSINESS_REVIEW, PLANS, contract, health_check, plan

TOUCHPOINTS = (
    BUSINESS_REVIEW,
    health_check("oura-9", Cadence.MONTHLY, 12),
    *(t for name in ("caret/tam", "essensys/engagement-enterprise") for t in PLANS[name].touchpoints[1:]),
    PLANS["caret/tam"].touchpoints[0],
)
EVERYTHING = plan(
    "a/b",
    meetings=PLANS["oura/premium"].meetings,
    windows=PLANS["oura/launch-kit"].windows,
    hours=PLANS["oura/launch-kit"].hours,
    touchpoints=TOUCHPOINTS,
    charges=PLANS["caret/support-24-7"].charges,
)
ZONES = ["America/New_York", "Pacific/Auckland", "Africa/Cairo", "Asia/Kathmandu", "America/Havana", "UTC"]
CONTRACTS = st.builds(
    lambda start, months, zone, weekdays, cadence: contract(
        EVERYTHING,
        start.isoformat(),
        months,
        zone,
        weekly({",".join(sorted(weekdays)): "09:00-17:00"}),
        cadences=(("case-scrub", cadence),),
    ),
    st.dates(date(2023, 1, 1), date(2029, 12, 31)),
    st.integers(1, 27),
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    st.sampled_from([Cadence.WEEKLY, Cadence.BIWEEKLY]),
)
