"""The API's description: FastAPI's own, with the problems that every route may answer with."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import FORBIDDEN, MEDIA_TYPE
from api.rest.answers import FieldErrorOut, ProblemOut, may_answer

_PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}
_INVALID = {
    "description": "`invalid`: The input is not valid",
    "content": {MEDIA_TYPE: {"schema": _PROBLEM}},
}

_FROM_ANOTHER_SITE = may_answer(FORBIDDEN)[403]
_UNKNOWN_HOST = {
    "description": "The request names a host that this server does not answer to.",
    "content": {"text/plain": {"schema": {"type": "string"}, "example": "unknown host"}},
}


def describe(app: FastAPI) -> None:
    """Let ``app.openapi()`` tell the problems as they are sent, not as FastAPI would send them."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = schema["components"]["schemas"]
    schemas["ProblemOut"] = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["ProblemOut"].pop("$defs", None)
    schemas["FieldErrorOut"] = FieldErrorOut.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            operation["responses"]["421"] = _UNKNOWN_HOST
            if method != "get":
                operation["responses"]["403"] = _FROM_ANOTHER_SITE
            answer = operation["responses"].get("422")
            if answer and MEDIA_TYPE not in answer.get("content", {}):
                operation["responses"]["422"] = _INVALID
    return schema
