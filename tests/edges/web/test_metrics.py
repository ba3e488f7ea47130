"""Requests are measured to the first byte of their answers, and named by what anybody may know."""

from collections.abc import AsyncIterator

import anyio
import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CollectorRegistry, Histogram
from starlette.testclient import TestClient

from firstread.edges.web.metrics import MeasuredRequests, request_histogram


@pytest.fixture
def histogram() -> Histogram:
    """Return an empty histogram."""
    return request_histogram(CollectorRegistry())


@pytest.fixture
def client(histogram: Histogram) -> TestClient:
    """Return a browser of an app with a few routes."""
    app, router = FastAPI(), APIRouter(prefix="/films")

    @router.get("/{film}")
    def film(film: str) -> dict[str, str]:
        return {"film": film}

    @router.get("/{film}/slow")
    def slow(film: str) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield film.encode()
            await anyio.sleep(0.3)
            yield b"end"

        return StreamingResponse(parts())

    app.include_router(router, prefix="/api/v1")
    app.get("/page")(lambda: "a page")
    app.add_middleware(MeasuredRequests, histogram=histogram, prefix="/api/v1")
    return TestClient(app)


def counts(histogram: Histogram) -> dict[tuple[str, str, str], float]:
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in histogram.collect()
        for sample in family.samples
        if sample.name.endswith("_count")
    }


def test_routes_are_named_in_full_by_their_templates(client: TestClient, histogram: Histogram) -> None:
    for path in ("/api/v1/films/a", "/api/v1/films/b", "/page", "/nowhere", "/static/main.js"):
        client.get(path)

    assert {
        ("GET", "/api/v1/films/{film}", "200"): 2,
        ("GET", "/page", "200"): 1,
        ("GET", "other", "404"): 1,
        ("GET", "/static", "404"): 1,
    } == counts(histogram)


def test_an_invented_method_makes_no_label(client: TestClient, histogram: Histogram) -> None:
    for method in ("BREW", "PROPFIND"):
        client.request(method, "/nowhere")

    assert {("other", "other", "404"): 2} == counts(histogram)


def test_a_stream_is_timed_to_its_first_byte(client: TestClient, histogram: Histogram) -> None:
    client.get("/api/v1/films/a/slow")

    (seconds,) = [
        sample.value
        for family in histogram.collect()
        for sample in family.samples
        if sample.name.endswith("_sum")
    ]
    assert 0 < seconds < 0.25


def test_two_apps_count_apart(histogram: Histogram) -> None:
    other = request_histogram(CollectorRegistry())
    histogram.labels("GET", "/page", "200").observe(0.1)

    assert {} == counts(other)
