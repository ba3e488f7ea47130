"""Numbers for a monitoring system."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import scope
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.examples import METRICS, in_answer
from firstread.store.scopes import Scope

__all__ = ["router"]

router = APIRouter(tags=["server"], responses=problems())

Watcher = Annotated[Identity, Depends(scope(Scope.METRICS_READ))]


class PrometheusText(PlainTextResponse):
    """Prometheus's text format, whose version stands in its media type."""

    media_type = "text/plain"


@router.get("/metrics", response_class=PrometheusText, responses=in_answer("text/plain", METRICS))
def metrics(request: Request, _watcher: Watcher) -> PrometheusText:
    """Return numbers in Prometheus's text format: for administrators, and tokens for "metrics:read"."""
    told = generate_latest(request.app.state.metrics)
    return PrometheusText(told, headers={"Content-Type": CONTENT_TYPE_LATEST})
