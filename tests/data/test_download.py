"""The real kagglehub runs against a server on this machine that plays Kaggle; nothing leaves the machine."""

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("kagglehub")

FETCH = """
import sys
from pathlib import Path
from firstread.data.download import kaggle_pneumonia
from firstread.errors import DownloadError
try:
    print(kaggle_pneumonia(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
except DownloadError as error:
    sys.exit(str(error))
"""
NAMES = ["chest_xray/train/NORMAL/IM-0200-0001.jpeg", "chest_xray/train/PNEUMONIA/person400_virus_800.jpeg"]


@dataclass
class Kaggle:
    """What the server answers, and what it was asked.

    Args:
        archive: The data set as a zip file.
        status: Of every answer.
        asked: The methods that were called.
    """

    archive: bytes
    status: int = 200
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def environment(self, home: Path) -> dict[str, str]:
        """Point kagglehub at this server: its endpoint for development, through a proxy."""
        return {
            "HOME": str(home),
            "PATH": "",
            "KAGGLEHUB_CACHE": str(home / "cache"),
            "KAGGLE_CONFIG_DIR": str(home),
            "KAGGLE_API_ENVIRONMENT": "LOCALHOST",
            "HTTP_PROXY": f"http://127.0.0.1:{self.port}",
            "http_proxy": f"http://127.0.0.1:{self.port}",
        }


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in NAMES:
            archive.writestr(name, b"film")
    return stream.getvalue()


@pytest.fixture
def kaggle() -> Iterator[Kaggle]:
    """Run the server for one test."""
    state = Kaggle(_archive())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            method = self.path.rsplit("/", 1)[-1]
            state.asked.append(method)
            about = {"ownerSlug": "paultimothymooney", "currentVersionNumber": 2}
            body = state.archive if method == "DownloadDataset" else json.dumps(about).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


def _fetch(kaggle: Kaggle, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FETCH, *arguments],
        env=kaggle.environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_films_are_fetched_once(kaggle: Kaggle, tmp_path: Path) -> None:
    """A complete download is found again without asking for the archive."""
    fetched = [_fetch(kaggle, tmp_path, str(tmp_path / "out")) for _ in range(2)]

    assert [0, 0] == [run.returncode for run in fetched], fetched
    assert {f"{tmp_path / 'out'}"} == {run.stdout.splitlines()[-1] for run in fetched}
    assert all((tmp_path / "out" / name).read_bytes() == b"film" for name in NAMES)
    assert 1 == kaggle.asked.count("DownloadDataset")


def test_without_a_folder_the_films_go_to_the_cache(kaggle: Kaggle, tmp_path: Path) -> None:
    run = _fetch(kaggle, tmp_path)

    assert Path(run.stdout.splitlines()[-1]).is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "Kaggle refused access (403): put an API token"), (500, "Kaggle answered with status 500")],
)
def test_a_refusal_says_what_to_do_by_hand(kaggle: Kaggle, tmp_path: Path, status: int, words: str) -> None:
    kaggle.status = status

    run = _fetch(kaggle, tmp_path, str(tmp_path / "out"))

    assert words in run.stderr
    for step in (
        "1. Open https://www.kaggle.com/datasets/paultimothymooney/chest-xray-pneumonia",
        f"2. unzip archive.zip -d {tmp_path / 'out'}",
        f"3. firstread data check {tmp_path / 'out'}",
    ):
        assert step in run.stderr


def test_an_unreachable_network_is_said_plainly(kaggle: Kaggle, tmp_path: Path) -> None:
    kaggle.port = 9  # discard: nobody listens

    run = _fetch(kaggle, tmp_path)

    assert "Kaggle cannot be reached from this machine" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_with_something_else_is_left_alone(kaggle: Kaggle, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("keep")

    run = _fetch(kaggle, tmp_path, str(tmp_path / "out"))

    assert "must be empty or new, or hold a complete download" in run.stderr
    assert ["letter.txt"] == [path.name for path in (tmp_path / "out").iterdir()]


def test_an_archive_that_is_none_is_refused(kaggle: Kaggle, tmp_path: Path) -> None:
    kaggle.archive = b"<html>please sign in</html>"

    run = _fetch(kaggle, tmp_path, str(tmp_path / "out"))

    assert "The films could not be downloaded: Unsupported archive type." in run.stderr


def test_a_broken_credentials_file_is_named(kaggle: Kaggle, tmp_path: Path) -> None:
    (tmp_path / "kaggle.json").write_text("{")

    run = _fetch(kaggle, tmp_path)

    assert "Invalid Kaggle credentials file at" in run.stderr
    assert "Traceback" not in run.stderr


def test_without_the_extra_the_message_says_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "kagglehub.py").write_text("raise ImportError('not installed')")

    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{FETCH}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "pip install 'firstread[download]'" in run.stderr
