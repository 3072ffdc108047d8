"""Tells by the error of a provider's library what is wrong with a model."""

from typing import Final

from pydantic_ai import exceptions as ai

from orchestrator.errors import NoAnswer
from orchestrator.models.sentences import SENTENCES

# The first that fits counts: what is more exact stands before what it is a kind of.
KINDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (ai.ModelQuotaExceededError, "credit"),
    (ai.ModelRateLimitError, "limited"),
    (ai.ModelAuthenticationError, "key"),
    (ai.ModelContextWindowExceededError, "long"),
    (ai.ModelNotFoundError, "setup"),
    (ai.ModelRequestRejectedError, "setup"),
    (ai.ModelTimeoutError, "slow"),
    (ai.ModelRequestTimeout, "slow"),
    (TimeoutError, "slow"),
    (ai.ContentFilterError, "refused"),
    (ai.IncompleteToolCall, "cut"),
    (ai.UserError, "setup"),
    (ai.ModelAPIError, "down"),
    (ai.AgentRunError, "nonsense"),
)
CREDIT = ("credit balance", "insufficient_quota", "billing")


def reason(error: Exception) -> str:
    """One word for what is wrong, one of SENTENCES."""
    if any(sign in str(error).lower() for sign in CREDIT):
        return "credit"
    if type(error) is ai.ModelConnectionError and error.phase == "read":
        return "cut"  # it had heard us, and its answer broke off
    return next((word for kind, word in KINDS if isinstance(error, kind)), "nonsense")


def no_answer(error: Exception, usage: object = None) -> NoAnswer:
    why = reason(error)
    return NoAnswer(SENTENCES[why], why, usage)
