"""Which roles of the vendor may come to a meeting. Pure."""

from domain.plan import Plan, Role


def roles_welcome(plan: Plan, plan_key: str) -> tuple[Role, ...]:
    """Those that the plan's onboarding meeting or touchpoint of this key names, and those that may join it (A4).

    Of a meeting that is none of the plan's, such as one that somebody asked for, those whom the plan grants.
    """
    for touchpoint in plan.touchpoints:
        if touchpoint.key == plan_key:
            return tuple(dict.fromkeys((*(touchpoint.roles or (plan.main_role,)), *touchpoint.may_join)))
    for meeting in plan.meetings:
        if meeting.key == plan_key:
            return meeting.roles or (plan.main_role,)
    return tuple(dict.fromkeys((plan.main_role, *(grant.role for grant in plan.roles))))
