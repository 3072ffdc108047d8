"""The errors of the APIs of models: status, body and what stands in a stream, in the words of each."""

from typing import Any

from ground.model_values import dumped

# kind: status, type, message
ANTHROPIC = {
    "malformed": (400, "invalid_request_error", "{said}"),
    "credit": (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to purchase credits.",
    ),
    "long": (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    "key": (401, "authentication_error", "invalid x-api-key"),
    "forbidden": (403, "permission_error", "Your API key does not have permission to use the specified resource."),
    "model": (404, "not_found_error", "model: {model}"),
    "path": (404, "not_found_error", "Not Found"),
    "rate": (429, "rate_limit_error", "This request would exceed your organization's rate limit."),
    "server": (500, "api_error", "Internal server error"),
    "unavailable": (503, "api_error", "Service unavailable"),
    "overloaded": (529, "overloaded_error", "Overloaded"),
}

# kind: status, type, code, message
OPENAI = {
    "malformed": (400, "invalid_request_error", None, "{said}"),
    "long": (
        400,
        "invalid_request_error",
        "context_length_exceeded",
        "This model's maximum context length is 128000 tokens.",
    ),
    "key": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    "forbidden": (403, "invalid_request_error", "unsupported_country_region_territory", "Country not supported"),
    "model": (404, "invalid_request_error", "model_not_found", "The model `{model}` does not exist."),
    "path": (404, "invalid_request_error", "unknown_url", "Unknown request URL."),
    "credit": (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "rate": (429, "tokens", "rate_limit_exceeded", "Rate limit reached for {model} on tokens per min (TPM)."),
    "server": (500, "server_error", None, "The server had an error while processing your request."),
    "unavailable": (503, "server_error", None, "Service temporarily unavailable."),
    "overloaded": (503, "server_error", None, "The engine is currently overloaded, please try again later."),
}

USUAL = {
    400: "malformed",
    401: "key",
    403: "forbidden",
    404: "model",
    429: "rate",
    500: "server",
    503: "unavailable",
    529: "overloaded",
}


def kind(status: int, error: str) -> str:
    """What is the matter, or nothing. A status without a row of its own is a fault of the server."""
    return error or ("" if status in {0, 200} else USUAL.get(status, "server"))


def body(api: str, kind: str, model: str = "", said: str = "") -> tuple[int, dict[str, Any]]:
    """The status and the answer with which this API tells it."""
    if api == "anthropic":
        status, family, message = ANTHROPIC[kind]
        error: dict[str, Any] = {"type": family, "message": message.format(model=model, said=said)}
        return status, {"type": "error", "error": error, "request_id": "req_1"}
    status, family, code, message = OPENAI[kind]
    text = message.format(model=model, said=said)
    return status, {"error": {"message": text, "type": family, "param": None, "code": code}}


def in_stream(api: str, kind: str, model: str) -> str:
    """How a stream that has begun tells it."""
    _, told = body(api, kind, model)
    if api == "anthropic":
        return f"event: error\ndata: {dumped(told)}\n\n"
    if api == "chat":
        return f"data: {dumped(told)}\n\n"
    error = told["error"]
    code = error["code"] or "server_error"
    event = {"type": "error", "code": code, "message": error["message"], "param": None, "sequence_number": 99}
    return f"event: error\ndata: {dumped(event)}\n\n"
