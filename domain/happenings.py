"""The kinds of facts, and what each one's data holds: the vocabulary that workflows write and screens read.

Instants in data are ISO 8601 text in UTC, days ISO dates, money minor units, lengths minutes. Every fact's
``subject`` is the agenda key (which is also the meeting's key) unless the comment says otherwise.
"""

from enum import StrEnum


class Happening(StrEnum):
    # The contract's own (workflow contract/<id>). The subject is empty.
    SIGNED = "contract.signed"
    # {customer_id, customer, plan, plan_name, plan_version, vendor, vendor_name, starts_on, ends_on, starts, ends,
    #  term_months, zone, country, language, granted_minutes, currency, flags: [text]}
    AGENDA_SET = "contract.agenda-set"
    # {term: ordinal of the running one, items: [{key, kind, title, clause, at, due, day, plan_key, number, period}],
    #  windows: [{key, title, opens, closes, last_day}]}: these replace the items of the read model that are ahead,
    #  done ones stay
    STARTED = "contract.started"  # {}
    ONBOARDED = "contract.onboarded"  # {}
    SUSPENDED = "contract.suspended"  # {reason, by}
    RESUMED = "contract.resumed"  # {by, passed: [agenda keys whose day went by]}
    AMENDED = "contract.amended"  # {plan, plan_name, plan_version, by, reason, granted_minutes}
    RENEWED = "contract.renewed"  # {ends_on, ends, term_months, by, term: ordinal of the next term}
    TERMINATED = "contract.terminated"  # {reason, by}
    ENDED = "contract.ended"  # {meetings_held, minutes_used}

    # People. The subject is the role, or the contact's e-mail address.
    ROLE_ASSIGNED = "role.assigned"  # {role, role_title, staff_id, name, email, by, main (optional): true for
    # the main point of contact, under whom the contract is listed}
    ROLE_UNFILLED = "role.unfilled"  # {role, role_title, reason}
    ROLE_ENDED = "role.ended"  # {role, reason}
    CONTACT_ASKED = "contact.asked"  # {email}
    CONTACT_SET = "contact.set"  # {name, email, phone, primary, by, replaces, premises (optional): [text]}
    CONTACT_REMOVED = "contact.removed"  # {by}

    # Agenda items that are not meetings.
    ITEM_DONE = "item.done"  # {by, note}
    ITEM_LATE = "item.late"  # {due}: the due instant passed and it is not done
    ITEM_DROPPED = "item.dropped"  # {reason}: it will not happen any more
    WINDOW_WARNED = "window.warned"  # {window, day, unused_minutes, closes}
    WINDOW_CLOSED = "window.closed"  # {window, lapsed_minutes}
    RENEWAL_NOTICED = "renewal.noticed"  # {days, ends_on}
    REPORT_OPENED = "report.opened"  # {period, due}
    DESIGNATED = "users.designated"  # {users: [{name, email}], by}: for the priority queue (caret-2); subject empty
    COUNTED = "count.recorded"  # {users, devices, by}; the subject is empty

    # Hours and money.
    HOURS_GRANTED = "hours.granted"  # {minutes, left}: a new term's hours; what was used and lapsed counts anew
    HOURS_RESERVED = "hours.reserved"  # {minutes, overage_minutes, left}
    HOURS_RELEASED = "hours.released"  # {minutes, left}
    HOURS_DEBITED = "hours.debited"  # {minutes, reserved, overage_minutes, left}
    HOURS_LAPSED = "hours.lapsed"  # {minutes, window, left}; the subject is the window's key
    OVERAGE_ASKED = "overage.asked"  # {minutes, left, rate, amount, currency, token (optional): the secret of the
    # address at which it is decided}
    OVERAGE_APPROVED = "overage.approved"  # {minutes, by}
    OVERAGE_DECLINED = "overage.declined"  # {minutes, by}
    CHARGED = "charge.line"  # {key, day, amount (null: by hand), currency, text, quantity, unit_amount}

    # A meeting's own (workflow meeting/<contract>/<key>).
    MEETING_OPENED = "meeting.opened"
    # {title, minutes, clause, earliest, latest, debits_hours, requested_by}:
    # told by the meeting; of a requested one first by its contract
    MEETING_BOOKED = "meeting.booked"
    # {start, end, staff_id, host, host_email, sequence, place, uid, token, attendees: [{name, email, side}]};
    # told again with {joined or left: a name, by} where somebody was brought in or let go
    MEETING_UNBOOKABLE = "meeting.unbookable"  # {reason}
    MEETING_MOVED = "meeting.moved"  # as booked, with {from, reason, by, outside (optional): why the start, which a
    # person has chosen all the same, lies outside of working hours}
    MEETING_ANSWERED = "meeting.answered"  # {name, email, side, answer, sequence, comment}
    MEETING_NUDGED = "meeting.nudged"  # {times}
    MEETING_REMINDED = "meeting.reminded"  # {hours}
    OUTCOME_ASKED = "meeting.outcome-asked"  # {times}
    MEETING_HELD = "meeting.held"  # {minutes, notes, by}
    MEETING_NO_SHOW = "meeting.no-show"  # {notes, by, offered_again}
    MEETING_CANCELLED = "meeting.cancelled"  # {reason, by, sequence}
    MEETING_LAPSED = "meeting.lapsed"  # {reason}: its last day passed

    # What needs a person, and what did not arrive. The subject is the agenda key or empty.
    TASK_OPENED = "task.opened"  # {task: key unique in the contract, title, detail, staff_id, due}
    TASK_DONE = "task.done"  # {task, by}
    MESSAGE_REJECTED = "message.rejected"  # {message_id, email, code, reason}
    MESSAGE_LATE = "message.late"  # {message_id, reason}: not sent, since it had become useless

    # A ticket's own (workflow ticket/<contract>/<number>). The subject is ticket/<number>; every one holds the
    # ``state`` that the ticket is in after it.
    TICKET_REGISTERED = "ticket.registered"
    # {number, subject, description, door, channel, by, reporter: {name, email, phone}, premises, device, login, kind,
    #  level, level_name, queue, owed, reasons: [{code, clause, text}], attachments: [{id, name, media_type, size}],
    #  registered: instant, plan, plan_version, token, alert, outage, agree: [{name, email}]}
    TICKET_REFUSED = "ticket.refused"  # as registered: the report became no ticket, and why
    TICKET_ANNOUNCED = "ticket.announced"  # {to: [{name, email}]}: whoever has it hears that it is new
    TICKET_COVERAGE = "ticket.coverage"
    # {version, reason, by, coverages: [{key, zone, since, until, starts: [epoch s], ends: [epoch s]}]}: the opening
    # hours in which its clocks run from now on, as they were expanded
    CLOCK_SET = "clock.set"
    # {clock, kind, ordinal, level, started, due (null: never, or paused), anchor, seconds (null: no target), text,
    #  coverage, wall_clock, best_effort, pauses: [[begin, end or null, cause]]}: a clock that began, or whose due
    #  instant is another one
    CLOCK_VERDICT = "clock.verdict"  # {clock, kind, verdict, due, stopped, took_seconds, overrun_seconds}
    TICKET_TRIAGED = "ticket.triaged"  # {level, level_name, impact, inside_boundary, by}
    TICKET_LEVEL = "ticket.level"  # {level, level_name, before, reason, by}
    TICKET_ASSIGNED = "ticket.assigned"  # {staff_id, name, email, by}
    TICKET_REPLIED = "ticket.replied"  # {text, by, side, attachments}: seen by the customer
    TICKET_HEARD = "ticket.heard"  # {text, by, email, attachments}: the customer wrote
    TICKET_NOTED = "ticket.noted"  # {text, by, attachments}: not seen by the customer
    TICKET_ROUTED = "ticket.routed"  # {kind, to, email, endpoint, note, by}
    TICKET_TAKEN_BACK = "ticket.taken-back"  # {by, note}
    TICKET_PAUSED = "ticket.paused"  # {cause, by, reason}
    TICKET_RESUMED = "ticket.resumed"  # {cause, by, reason}
    TICKET_ACKNOWLEDGED = "ticket.acknowledged"  # {clock, target: the clock and the target that governs it, by}
    TICKET_ESCALATED = "ticket.escalated"
    # {clock, target, rung, at, percent or null, overrun_seconds or null, to: [{name, email}], reason}: a step of the
    # ladder
    TICKET_INCIDENT = "ticket.incident"  # {news, to: [{name, email}]}: major-incident communication (ombori-17)
    TICKET_RESOLVED = "ticket.resolved"  # {text, by, side}
    TICKET_ASKED = "ticket.asked"  # {times, to: [{name, email}]}: to agree that it can be closed
    TICKET_AGREEING = "ticket.agreeing"  # {agree: [{name, email}]}: whose agreement closes it from now on
    TICKET_AGREED = "ticket.agreed"  # {by, email, text}
    TICKET_CLOSED = "ticket.closed"  # {by, reason}: without an agreement
    TICKET_WITHDRAWN = "ticket.withdrawn"  # {by, text}
    TICKET_REOPENED = "ticket.reopened"  # {by, side, text}
    TICKET_AMENDED = "ticket.amended"  # {plan, plan_version, by}: the contract has another plan
    TICKET_RELEASED = "ticket.released"  # {reason}: the contract is over, nothing is owed any more
    WEBHOOK_POSTED = "webhook.posted"  # {endpoint, event, id, status}
    WEBHOOK_FAILED = "webhook.failed"  # {endpoint, event, id, reason}: given up after many attempts
    OUTAGE_BEGAN = "outage.began"  # {key, title, begin}
    OUTAGE_ENDED = "outage.ended"  # {key, end}
