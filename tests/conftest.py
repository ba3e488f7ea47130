"""Fixtures for every test."""

import contextlib
import io
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import shift
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.judgement import JudgedPoint, Judgement
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.tuning_scores import TuningScores
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle
from firstread.store import deliveries, films, outcomes, schema
from firstread.store.database import Database
from firstread.store.deliveries import ArrivedFile
from firstread.store.film_folder import StoredFilm
from firstread.store.outcomes import UsedBundle
from firstread.terms import Part

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What a shell starts in the background hears no Ctrl-C, nor does what that starts; these tests send some.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).resolve().parent.parent
# The first is the second without windows of its own, each of which costs as much as many a test.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    # A graphics card in software, the same everywhere, also where there is none. It is for WebGL alone: pages are drawn
    # faster without it.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    # A name that is not this computer's, for what browsers do otherwise there.
    "--host-resolver-rules=MAP films.test 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Return a browser, or skip where there is none."""
    driver: Any = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright."
    )
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium-headless-shell).")
    with driver.sync_playwright() as playwright:
        # Where tests run beside something else a page takes its time.
        driver.expect.set_options(timeout=20_000)
        launched: Browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def public_films() -> Path:
    """Return the folder of public films beside the checkout; skip where there is none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("The public films are not beside this checkout (../shared/data).")
    return folder


Statistic = Callable[[npt.NDArray[np.bool_], npt.NDArray[np.float64]], float]


@pytest.fixture
def slow_bootstrap() -> Callable[..., Interval]:
    """Return the cluster bootstrap as one would write it down, one resample of patients after the other: an oracle."""

    def bootstrap(
        statistic: Statistic,
        diseased: npt.NDArray[np.bool_],
        score: npt.NDArray[np.float64],
        patient: Sequence[str],
        *,
        rng: np.random.Generator,
        repeats: int,
    ) -> Interval:
        names, patient_of = np.unique(np.asarray(patient), return_inverse=True)
        estimate = statistic(diseased, score)
        values: list[float] = []
        while len(values) < repeats:
            times = np.bincount(rng.integers(names.size, size=names.size), minlength=names.size)
            films = np.repeat(np.arange(diseased.size), times[patient_of])
            with contextlib.suppress(UndefinedMetricError):  # drawn again
                values.append(statistic(diseased[films], score[films]))
        low, high = np.quantile(values, [0.025, 0.975])
        return Interval(estimate, float(low), float(high), 0.95)

    return bootstrap


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real ONNX file of 20 kB: brighter films, and films with finer texture, score higher.

    A film of one grey level g has the logit 12 · (g / 255 − 0.5); 127 is just below and 128 just above 0.
    """
    from onnx import TensorProto, checker, helper, numpy_helper, save

    stem = np.zeros((4, 1, 32, 32), np.float32)
    stem[0] = 1 / (255 * 32 * 32)  # mean grey level of a 32 × 32 place, 0 to 1
    stem[1, 0] = np.where(np.indices((32, 32)).sum(axis=0) % 2, 1, -1) / (255 * 32 * 32)  # texture, and
    stem[2] = -stem[1]  # its negative, so that one of the two survives the ReLU
    stem[3, 0, :16], stem[3, 0, 16:] = 1 / (255 * 512), -1 / (255 * 512)  # edges, which do not count
    weights: dict[str, npt.NDArray[Any]] = {
        "stem": stem,
        "kernel": np.array([[12.0], [8.0], [8.0], [0.0]], np.float32),
        "bias": np.array([-6.0], np.float32),
        "flat": np.array([-1], np.int64),
    }
    nodes = [
        helper.make_node("Transpose", ["film"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "stem"], ["places"], strides=[32, 32]),
        helper.make_node("Relu", ["places"], ["rectified"]),
        helper.make_node("Transpose", ["rectified"], ["feature_map"], perm=[0, 2, 3, 1]),
        helper.make_node("GlobalAveragePool", ["rectified"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "kernel", "bias"], ["column"]),
        helper.make_node("Reshape", ["column", "flat"], ["logit"]),
    ]

    def tensor(name: str, *shape: int) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])

    graph = helper.make_graph(
        nodes,
        "tiny",
        [tensor("film", 224, 224, 1)],
        [tensor("logit"), tensor("features", 4), tensor("feature_map", 7, 7, 4)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model, full_check=True)
    path = tmp_path_factory.mktemp("model") / "tiny.onnx"
    save(model, path)
    return path


@pytest.fixture(scope="session")
def tiny_parts(tiny_model: Path) -> bundle.BundleParts:
    """Return what the tiny bundle is made from; change one part with `dataclasses.replace`."""
    rng = np.random.default_rng(20)
    features = rng.uniform([0.2, 0.0, 0.0, 0.0], [0.8, 0.05, 0.05, 0.2], (300, 4))
    return bundle.BundleParts(
        model=tiny_model,
        recipe=Recipe(),
        calibration=Calibration(1.25),
        operating_points={
            "screening": OperatingPoint("screening", 0.5, 0.95, 0.9, 60, 40),
            "rule_out": OperatingPoint("rule_out", 0.2, 0.99, 0.7, 60, 40),
        },
        head=bundle.Head(kernel=np.array([12.0, 8.0, 8.0, 0.0], np.float32), bias=-6.0),
        shift=shift.fit(features[:200], features[200:], components=2),
        facts={"name": "tiny", "licence": "Apache-2.0", "training": "none: made for tests"},
        model_card="# tiny\n\nA bundle for tests; its scores mean brightness.\n",
    )


@pytest.fixture(scope="session")
def tiny_bundle(tiny_parts: bundle.BundleParts, tmp_path_factory: pytest.TempPathFactory) -> bundle.Bundle:
    """Return a verified bundle around the tiny model; its folder is `tiny_bundle.folder`."""
    return bundle.save(tmp_path_factory.mktemp("bundles") / "tiny", tiny_parts)


@pytest.fixture(scope="session")
def bundle_with_intervals(
    tiny_parts: bundle.BundleParts, tmp_path_factory: pytest.TempPathFactory
) -> bundle.Bundle:
    """Return the tiny bundle with tuning scores and their prevalence: what it scores has an interval."""
    diseased = np.arange(80) < 40
    logit = np.random.default_rng(5).normal(np.where(diseased, 1, -1), 2)
    parts = replace(
        tiny_parts,
        calibration=Calibration(1.25, 0.0, 0.5),
        tuning_scores=TuningScores.of(diseased, logit),
    )
    return bundle.save(tmp_path_factory.mktemp("bundles_with_intervals") / "tiny", parts)


@pytest.fixture
def judgement(tiny_bundle: bundle.Bundle) -> Judgement:
    """Return what an evaluation of the tiny bundle on films from elsewhere might have found."""
    return Judgement(
        title="Adults of nobody",
        reference_standard="mined from report text",
        part=Part.EXTERNAL_TEST,
        data="cd" * 32,
        bundle=tiny_bundle.sha256,
        created="2026-03-01T12:00:00+00:00",
        version="0.1.0",
        looks_by_this_bundle=1,
        looks_by_any_bundle=2,
        n_found=100,
        n_films=90,
        n_patients=80,
        n_diseased=30,
        level=0.95,
        auroc=Interval(0.523, 0.46, 0.587, 0.95),
        points=(
            JudgedPoint("screening", 0.5, Interval(0.66, 0.576, 0.735, 0.95), NotDefined("no such film.")),
        ),
        cautions=("Of 100 films, 10 could not be scored.",),
    )


@pytest.fixture
def dicom_film() -> Callable[..., bytes]:
    """Return a maker of DICOM films of a patient: the brighter, the more diseased; None leaves an element out."""
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

    def make(
        patient_id: str | None = "SECRET-4711",
        *,
        name: str = "Secret^Patient",
        issuer: str | None = None,
        brightness: int = 120,
        seed: int = 0,
    ) -> bytes:
        rng = np.random.default_rng(seed)
        pixels = np.linspace(-40, 40, 224)[np.newaxis, :] + rng.normal(brightness, 3, (224, 224))
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str((patient_id, brightness, seed))])
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset = pydicom.FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        dataset.SOPClassUID = meta.MediaStorageSOPClassUID
        dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        dataset.PatientName, dataset.PatientBirthDate = name, "19470401"
        for keyword, value in (("PatientID", patient_id), ("IssuerOfPatientID", issuer)):
            if value is not None:
                setattr(dataset, keyword, value)
        dataset.Modality, dataset.BodyPartExamined, dataset.ViewPosition = "DX", "CHEST", "PA"
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.Rows = dataset.Columns = 224
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit, dataset.PixelRepresentation = 7, 0
        dataset.PixelData = np.clip(pixels, 0, 255).astype(np.uint8).tobytes()
        dataset["PixelData"].VR = "OB"
        stream = io.BytesIO()
        dataset.save_as(stream, enforce_file_format=True)
        return stream.getvalue()

    return make


NOW = 1_800_000_000.0
"""A moment for tests, seconds since 1970."""


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL of the tests' own on a socket in a folder; return the URL of its databases."""
    found = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    initdb = next((Path(path) for path in found if path), None)
    if initdb is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    folder = tmp_path_factory.mktemp("postgresql")
    user: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam("postgres")
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        # The folders of this run are root's; the socket's path must also be short (107 bytes).
        folder = Path(tempfile.mkdtemp())
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, control = folder / "data", initdb.with_name("pg_ctl")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"

    def run(*command: str | Path) -> None:
        with (folder / "log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder, **user)

    run(initdb, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    run(control, "-D", data, "-l", folder / "server.log", "-o", options, "-w", "start")
    try:
        yield f"postgresql://postgres@/{{name}}?host={folder}"
    finally:
        run(control, "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite database with its tables, to be copied: Alembic takes a while."""
    file = tmp_path_factory.mktemp("database") / "empty.db"
    _make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def empty_postgresql(postgresql: str) -> str:
    """Return the name of a PostgreSQL database with its tables, to be copied."""
    name = "empty"
    _on_server(postgresql, f"CREATE DATABASE {name}")
    _make_tables(postgresql.format(name=name))
    return name


def _make_tables(url: str) -> None:
    with contextlib.closing(Database(url)) as made:
        schema.upgrade(made)


@pytest.fixture
def has_tables() -> bool:
    """Return whether a database has its tables before anybody opens it; where servers are to make them it has none."""
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, has_tables: bool) -> Iterator[str]:
    """Return the URL of a database without rows: every test that asks for one runs on both kinds."""
    if request.param == "sqlite":
        file = tmp_path / "firstread.db"
        if has_tables:
            shutil.copy(request.getfixturevalue("empty_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    server: str = request.getfixturevalue("postgresql")
    copied = request.getfixturevalue("empty_postgresql") if has_tables else "template1"
    name = f"test_{uuid.uuid4().hex}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {copied}")
    yield server.format(name=name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return an open database with its tables."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bundle_id(database: Database) -> int:
    """Return the number of a bundle that films are queued for."""
    with database.write() as connection:
        return outcomes.bundle_id(connection, UsedBundle("b" * 64, "tiny", {}), now=NOW)


@pytest.fixture
def arrive(database: Database, bundle_id: int) -> Callable[..., list[int]]:
    """Return a function that lets films of these contents arrive in one delivery, and returns their numbers."""

    def arrived(*contents: str, delivery: str = "one", folder: str = "", now: float = NOW) -> list[int]:
        files = [
            ArrivedFile(StoredFilm(content.encode().hex().rjust(64, "0"), 10), f"{content}.png", folder)
            for content in contents
        ]
        with database.write() as connection:
            deliveries.accept(
                connection, files, delivery=delivery, sender="somebody", bundle_id=bundle_id, now=now
            )
            found = [films.by_sha256(connection, file.stored.sha256) for file in files]
        return [film.film_id for film in found if film is not None]

    return arrived
