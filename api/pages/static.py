"""The files of the pages: the sheet, the scripts, the mark. A fixed list, so no path leads anywhere else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from api import problems
from api.pages.render import STATIC

router = APIRouter(include_in_schema=False)

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FILES = {file.name: file for file in STATIC.iterdir() if file.suffix in _TYPES}


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """A file of the pages. With the part of its digest in the query it may be kept for ever."""
    if name not in _FILES:
        raise problems.not_found("file", name)
    kept = "public, max-age=31536000, immutable" if request.query_params.get("v") else "no-cache"
    return FileResponse(_FILES[name], media_type=_TYPES[_FILES[name].suffix], headers={"Cache-Control": kept})


@router.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it although the pages name another one."""
    return FileResponse(
        _FILES["mark.svg"], media_type=_TYPES[".svg"], headers={"Cache-Control": "public, max-age=86400"}
    )
