"""The OpenAPI document says all, with examples; whatever fits it, and much that does not, is answered as it says."""

import io
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from firstread.config import Config, Inference, Web, Workers
from firstread.data import synthetic
from firstread.data.synthetic_file import FileFormat
from firstread.edges.web.app import create_app
from firstread.edges.web.doors.launch import draw_launch
from firstread.edges.web.room import Room
from firstread.imaging.display import Reduction
from firstread.imaging.display_pool import DisplayPool
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle, intake, opinions
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.reading.scoring_worker import ScoringWorker
from firstread.reading.standing_worklist import StandingWorklist
from firstread.store import accounts
from firstread.store import schema as tables
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.store.store_mark import mark_of, put_mark
from firstread.terms import LabelState

CONFIG = Config(
    workers=Workers(processes=1),
    inference=Inference(threads=1),
    web=Web(requests_per_s=1e6, burst=1_000_000),
)
NOW = 1_800_000_000.0
PUBLIC = ["get /api/v1/health"]
# A folder of the server, as the examples of the document call it.
ROOT, FOLDER = "chest", "night"
# It is not to be foreseen whether one folder is still being taken in when somebody asks to stop that.
MAY_ALWAYS_BE_REFUSED = {"DELETE /api/v1/roots/take-in"}
# Files and pictures: nothing of them can be shown in a text.
BINARY = {"application/octet-stream", "image/png"}
# The session was let in; with a token that is made up nobody comes further than the doors.
WITHOUT_CREDENTIALS = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Bundle
) -> Iterator[tuple[requests.Session, str]]:
    """Return a session, that was let in, in a room with films that were scored and read, and its origin."""
    folder, root = tmp_path_factory.mktemp("room"), tmp_path_factory.mktemp("disk") / ROOT
    synthetic.generate(2, root / FOLDER, seed=1)
    config = replace(CONFIG, web=replace(CONFIG.web, roots=(str(root),)))
    database = Database(f"sqlite:///{folder / 'firstread.db'}")
    tables.upgrade(database)
    with (
        Store(database, FilmFolder(folder / "films")) as store,
        DisplayPool(Reduction(), limits=CONFIG.read, workers=CONFIG.workers) as display,
    ):
        current = current_bundle.register(store, tiny_bundle, now=NOW)
        put_mark(database, store.films)
        _fill(store, tiny_bundle, current.bundle_id, tmp_path_factory.mktemp("sent"))
        room = Room(store, StandingWorklist(database, 50), current, config, display, clock=lambda: NOW)
        launch = draw_launch(CONFIG.web)
        assert launch is not None
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            server = uvicorn.Server(uvicorn.Config(create_app(room, launch=launch), log_level="error"))
            running = threading.Thread(target=server.run, args=([listener],))
            running.start()
            with requests.Session() as session:
                session.headers["Sec-Fetch-Site"] = "same-origin"
                origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
                session.get(f"{origin}/?launch={launch.token}", timeout=30)
                yield session, origin
            server.should_exit = True
            running.join()


def _fill(store: Store, bundle: Bundle, bundle_id: int, folder: Path) -> None:
    """Let films of both kinds of files come, and a text; have them scored, and two of them read."""
    made = synthetic.generate(3, folder, seed=2, layout=FileFormat.DICOM)
    files = [SentFile(io.BytesIO(film.read_bytes()), film.name, "ward") for film in made]
    files.append(SentFile(io.BytesIO(b"a text"), "note.txt", "ward"))
    received = [
        *intake.receive_synthetic(store, sender="me", bundle_id=bundle_id, now=NOW),
        *intake.receive(store, files, delivery="ward", sender="me", bundle_id=bundle_id, now=NOW),
    ]
    with FilmPool(bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers) as pool:
        ScoringWorker(
            store=store,
            predictor=Predictor(bundle, settings=CONFIG.inference),
            pool=pool,
            config=CONFIG,
            bundle_id=bundle_id,
            mark=mark_of(store.database, store.films),
            owner="worker",
            clock=lambda _transaction: NOW,
        ).score_waiting()
    for film in received[:2]:
        said = Opinion(finding=LabelState.PRESENT, note="Right lower lobe.")
        opinions.record(store, film.sha256, said, reader=accounts.THIS_COMPUTER, now=NOW)


@pytest.fixture(scope="module")
def films(served: tuple[requests.Session, str]) -> list[str]:
    """Return the films that are in the room."""
    session, origin = served
    told = session.get(f"{origin}/api/v1/worklist?state=all&limit=100", timeout=30).json()
    return [film["film"] for film in told["films"]]


@pytest.fixture(scope="module")
def document(served: tuple[requests.Session, str]) -> dict[str, Any]:
    """Return the document as the server sends it."""
    session, origin = served
    found: dict[str, Any] = session.get(f"{origin}/api/v1/openapi.json", timeout=30).json()
    return found


def test_whatever_is_sent_or_answered_has_an_example_that_fits(document: dict[str, Any]) -> None:
    """An answer is one that tells of success; errors have their examples from one place."""
    lacking = [
        f"{name}: {media_type}"
        for name, operation in _operations(document)
        for media_type, content in _contents(operation)
        if media_type not in BINARY and not _is_shown(document, content)
    ]

    assert [] == lacking


def test_every_parameter_that_lists_no_values_has_an_example_that_fits(document: dict[str, Any]) -> None:
    lacking = [
        f"{name}: {parameter['name']}"
        for name, operation in _operations(document)
        for parameter in operation.get("parameters", ())
        if not _lists_its_values(document, parameter["schema"]) and not _is_shown(document, parameter)
    ]

    assert [] == lacking


def test_the_headers_of_pixels_are_those_that_the_document_names(
    served: tuple[requests.Session, str], document: dict[str, Any]
) -> None:
    session, origin = served
    said = document["paths"]["/api/v1/films/{film}/pixels"]["get"]["responses"]["200"]["headers"]
    film = session.get(f"{origin}/api/v1/worklist", timeout=30).json()["films"][0]["film"]

    told = session.get(f"{origin}/api/v1/films/{film}/pixels", timeout=30).headers

    # Names of headers know no case (RFC 9110, 5.1).
    names = {name.lower() for name in told}
    assert {name.lower() for name in said} == {name for name in names if name.startswith("film-")}


def test_every_request_but_a_public_one_says_what_lets_it_in(document: dict[str, Any]) -> None:
    lacking = [
        name
        for name, operation in _operations(document)
        if ["ApiToken", "SessionCookie"]
        != [scheme for way in operation.get("security", ()) for scheme in way]
    ]

    assert PUBLIC == lacking
    assert {"ApiToken", "SessionCookie"} == set(document["components"]["securitySchemes"])


@pytest.mark.parametrize(
    "path", ["/api/v1/export/worklist.csv", "/api/v1/export/labels.csv", "/api/v1/metrics"]
)
def test_an_example_of_text_has_a_line_of_the_answer(
    served: tuple[requests.Session, str], document: dict[str, Any], path: str
) -> None:
    """Titles of columns and names of metrics are written down twice."""
    session, origin = served
    ((_, content),) = _contents(document["paths"][path]["get"])

    assert content["example"].splitlines()[0] in session.get(origin + path, timeout=30).text.splitlines()


def test_every_request_is_answered_as_the_document_says(
    served: tuple[requests.Session, str], document: dict[str, Any], films: list[str]
) -> None:
    """Requests are drawn from the document, fitting ones and others; a stream that never ends is left out.

    Some are about films that are here: what is told of a film, too, is as the document says.
    """
    session, origin = served
    drawn_from = schemathesis.openapi.from_dict(document, config=WITHOUT_CREDENTIALS)
    answered: dict[str, Counter[int]] = {}
    for found in drawn_from.exclude(path="/api/v1/events").get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        # One film may be removed, again and again; the others stay for the rest.
        about = films[-1:] if operation.label.startswith("DELETE") else films[:-1]
        answered[operation.label] = _ask(operation, session, origin, about)

    assert len(list(_operations(document))) - 1 == len(answered)
    refused = {label for label, statuses in answered.items() if min(statuses) >= 300}
    assert refused <= MAY_ALWAYS_BE_REFUSED, {label: answered[label] for label in refused}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method} {path}", operation


def _contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield media types, and what is said of each: of the request's body, and of the answers that tell of success."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).items()


def _is_shown(document: dict[str, Any], said: dict[str, Any]) -> bool:
    """Return whether there is an example, beside a schema or in it, and every one fits the schema."""
    schema = said.get("schema", {})
    shown = [said["example"]] if "example" in said else _resolved(document, schema).get("examples", [])
    fits = jsonschema_rs.Draft202012Validator(
        schema | {"components": document["components"]}, validate_formats=True
    )
    return bool(shown) and all(map(fits.is_valid, shown))


def _lists_its_values(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    resolved = _resolved(document, schema)
    return "enum" in resolved or resolved.get("type") == "boolean"


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _ask(
    operation: APIOperation[Any, Any, Any, Any], session: requests.Session, origin: str, films: list[str]
) -> Counter[int]:
    """Return how often each status was the answer; a request of which nothing can be drawn is soon known."""
    fitting, other = operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    here = strategies.builds(_about, operation.as_strategy(), strategies.sampled_from(films))
    answered = Counter[int]()
    n_drawn = 20 if operation.body or list(operation.iter_parameters()) else 2

    def ask(case: schemathesis.Case[Any]) -> None:
        response = case.call(session=session, base_url=origin)
        # In a form everything is text: a number that is given for a key cannot be told from a key, and a field that
        # is left empty is one that is not there.
        is_form = case.media_type in ("multipart/form-data", "application/x-www-form-urlencoded")
        excluded = [ignored_auth, negative_data_rejection] if is_form else [ignored_auth]
        case.validate_response(response, excluded_checks=excluded)
        answered[response.status_code] += 1

    # Drawn for themselves: of those that are chosen from all, by chance none might be.
    for drawn, n in ((fitting | other, n_drawn), (here, n_drawn // 2)):
        drawing = settings(
            max_examples=n, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        drawing(given(drawn)(ask))()
    return answered


def _about(case: schemathesis.Case[Any], film: str) -> schemathesis.Case[Any]:
    """Let a request that fits be about a film, or a folder, that is here."""
    if "film" in (case.path_parameters or {}):
        case.path_parameters["film"] = film
    if isinstance(case.body, dict) and "root" in case.body:
        case.body |= {"root": ROOT, "path": FOLDER}
    return case
