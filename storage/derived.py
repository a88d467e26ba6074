"""What follows from other columns of a read model: SQL that PostgreSQL keeps up to date by itself."""

ITEM_STATUS = (
    "CASE "
    "WHEN own_status = 'done' OR meeting_status = 'held' THEN 'done' "
    "WHEN meeting_status IN ('no-show', 'cancelled', 'lapsed') THEN meeting_status "
    "WHEN own_status = 'dropped' THEN 'dropped' "
    "WHEN meeting_status = 'seeking' THEN 'open' "
    "WHEN meeting_status = 'invited' THEN 'booked' "
    "WHEN meeting_status IN ('confirmed', 'awaiting-outcome') THEN meeting_status "
    "ELSE own_status END"
)
"""An agenda item's status, from what the contract says of it (``own_status``) and its meeting's status:

| status | when |
|---|---|
| planned | nothing has happened yet |
| open | it is worked on: a meeting without a slot, a report that is to be written |
| booked | a slot is held, the customer has not accepted |
| confirmed | the customer has accepted |
| awaiting-outcome | the slot is over, nobody has said what became of it |
| done | held, or done (a notice sent, a report delivered, charges drawn) |
| no-show, cancelled, lapsed | how its meeting ended |
| dropped | it will not happen any more |
| absent | a later agenda does not list it; it is not shown unless a meeting gives it another status |

The last six are over. Being late is no status but the flag ``late_at`` (item.late came): a booked item can be late.
"""

ITEM_OVER = (
    "own_status IN ('done', 'dropped') "
    "OR coalesce(meeting_status IN ('held', 'no-show', 'cancelled', 'lapsed'), own_status = 'absent')"
)

ITEM_SETTLED = (
    "CASE "
    "WHEN own_status = 'done' THEN own_settled_at "
    "WHEN meeting_status IN ('held', 'no-show', 'cancelled', 'lapsed') THEN meeting_over_at "
    "WHEN own_status = 'dropped' THEN own_settled_at END"
)

TASK_OPEN = "opened_at IS NOT NULL AND (done_at IS NULL OR done_at < opened_at)"

HOURS_LAPSED = "GREATEST(0, granted - left_minutes - reserved - used)"
