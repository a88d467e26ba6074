"""News of a ticket, posted to the system that has it (ombori-7, ombori-24)."""

from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.calls import POST_WEBHOOK, PostCall, Posted
from activities.webhooks import Gone, NotTaken, Webhooks
from storage.endpoints import find_endpoint, set_active
from storage.session import Sessions

NO_ENDPOINT, ENDPOINT_GONE, NOT_TAKEN = "NoEndpoint", "EndpointGone", "WebhookNotTaken"


@dataclass
class Posting:
    """The activity ``post_webhook``. It may run twice: the other side knows a second copy by its ``webhook-id``."""

    sessions: Sessions
    webhooks: Webhooks

    @activity.defn(name=POST_WEBHOOK)
    async def post_webhook(self, call: PostCall) -> Posted:
        """Post it. Fails, and so is tried again, where it is not taken; for good where nobody is there any more.

        The endpoint is looked up at each attempt, so that a corrected address or a new secret counts at once.
        """
        async with self.sessions() as session:
            endpoint = await find_endpoint(session, call.contract_id, call.endpoint)
        if endpoint is None:
            raise ApplicationError(f"there is no endpoint {call.endpoint!r}", type=NO_ENDPOINT, non_retryable=True)
        if not endpoint.active:
            reason = f"the endpoint {call.endpoint!r} is not active: {endpoint.inactive_reason}"
            raise ApplicationError(reason, type=ENDPOINT_GONE, non_retryable=True)
        try:
            return Posted(await self.webhooks.post(endpoint, call.id, call.body))
        except Gone as error:
            async with self.sessions.begin() as session:
                await set_active(session, endpoint.id, False, str(error))
            reason = f"{error}; nothing is posted to {call.endpoint!r} any more"
            raise ApplicationError(reason, type=ENDPOINT_GONE, non_retryable=True) from None
        except NotTaken as error:  # it is no trouble of ours, so the log says nothing of each attempt
            raise ApplicationError(str(error), type=NOT_TAKEN, category=ApplicationErrorCategory.BENIGN) from None
