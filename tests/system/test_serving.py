"""The server as a user starts it: it keeps what it acknowledged through kills, full disks and rude clients."""

import contextlib
import hashlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
import psutil
import pytest
from PIL import Image
from sqlalchemy import select

from firstread.data import synthetic
from firstread.inference import bundle
from firstread.inference.bundle import BundleParts
from firstread.store import tables
from firstread.store.database import Database

if TYPE_CHECKING:
    from tests.system.conftest import Served, Start, StartWorker, WatchMemory

pytestmark = pytest.mark.slow

N_MANY = 120


@pytest.fixture
def has_tables() -> bool:
    """Return that a server makes the tables itself."""
    return False


def film(seed: int) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(seed).normal(70 + seed % 110, 20, (224, 224))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def films(n: int, first: int = 0) -> dict[str, bytes]:
    return {f"{number}.png": film(number) for number in range(first, first + n)}


def workers_of(served: "Served") -> list[psutil.Process]:
    """Return the processes that score for a server."""
    children = psutil.Process(served.process.pid).children()
    return [child for child in children if "worker" in child.cmdline()]


def half_a_film(served: "Served", patience_s: float | None = None, announced: int = 100_000) -> socket.socket:
    """Begin to send a film, and send no more."""
    host, port = served.origin.removeprefix("http://").split(":")
    cookie = "; ".join(f"{name}={value}" for name, value in served.client.cookies.items())
    line = socket.create_connection((host, int(port)), timeout=patience_s)
    line.sendall(
        f"POST /api/v1/films HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Content-Length: {announced}\r\n\r\n--x\r\n"
        'Content-Disposition: form-data; name="films"; filename="a"\r\n\r\nhalf'.encode()
    )
    return line


def send_many(served: "Served") -> None:
    """Send so many films that they are not scored in half a second."""
    for first in range(0, N_MANY, 60):
        assert 201 == served.send(films(60, first), delivery=f"{first}").status_code


def everything_done(n: int) -> Callable[[dict[str, int]], bool]:
    return lambda counts: counts["all"] == n and counts["waiting"] == 0


def outcomes(database_url: str) -> list[int]:
    """Return the film of each outcome that is written."""
    with contextlib.closing(Database(database_url)) as database, database.read() as connection:
        return list(connection.execute(select(tables.outcome.c.film_id)).scalars())


def until_the_first_is_scored(database_url: str) -> None:
    """Wait for the worker's first outcome; it writes the next ones half a second later."""
    deadline = time.monotonic() + 60
    while not outcomes(database_url):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def require_scored_once(served: "Served", database_url: str, n: int) -> None:
    """So many films are here, and each has one score and no second one."""
    found = outcomes(database_url)
    assert n == len(found) == len(set(found))
    assert ({"scored"}, n) == ({row["state"] for row in served.rows()}, served.counts()["all"])


def test_films_are_scored_and_ranked_while_they_come(start_on_each: "Start") -> None:
    served = start_on_each()

    assert 201 == served.send(films(20)).status_code

    counts = served.until(everything_done(20))
    assert 20 == counts["URGENT"] + counts["REVIEW"] + counts["ROUTINE"]


def test_a_server_that_is_killed_goes_on_where_it_was(start_on_each: "Start", database_url: str) -> None:
    served = start_on_each()
    served.send(films(40))
    worker = workers_of(served)[0]
    served.kill()
    worker.wait(30)  # it ends by itself: its server is gone

    served = start_on_each()

    served.until(everything_done(40))
    require_scored_once(served, database_url, 40)


def test_a_worker_that_is_killed_costs_no_film(start_on_each: "Start", database_url: str) -> None:
    served = start_on_each()
    send_many(served)
    until_the_first_is_scored(database_url)
    (killed,) = workers_of(served)
    killed.kill()
    killed.wait(10)

    assert 0 < len(outcomes(database_url)) < N_MANY
    served.until(everything_done(N_MANY), patience_s=120)
    assert [killed] != workers_of(served)
    require_scored_once(served, database_url, N_MANY)


def until_ready(worker: psutil.Process) -> None:
    """Wait for the process that opens films for a worker."""
    deadline = time.monotonic() + 60
    while not worker.children():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def in_hand(database_url: str) -> Counter[int]:
    """Return how many films each worker has in hand, by its process."""
    owners = select(tables.job.c.owner).where(tables.job.c.state == "leased")
    with contextlib.closing(Database(database_url)) as database, database.read() as connection:
        return Counter(int(owner.rsplit("-", 2)[1]) for owner in connection.execute(owners).scalars())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_workers_beside_a_server_share_the_films_and_one_that_is_killed_costs_none(
    start_on_each: "Start", start_worker: "StartWorker", database_url: str
) -> None:
    served = start_on_each("--workers", "0")
    workers = [start_worker(), start_worker()]
    for worker in workers:
        until_ready(worker)
        worker.suspend()  # else one of them might be so quick that nothing is left to the other
    send_many(served)
    for worker in workers:
        worker.resume()
    deadline = time.monotonic() + 60
    while {worker.pid for worker in workers} != set(in_hand(database_url)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    workers[0].kill()
    workers[0].wait(10)

    assert in_hand(database_url)[workers[0].pid] > 0
    served.until(everything_done(N_MANY), patience_s=120)
    require_scored_once(served, database_url, N_MANY)
    assert workers[1].is_running()


def test_a_process_that_opens_films_and_is_killed_costs_no_film(start: "Start", tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'store' / 'firstread.db'}"
    served = start()
    send_many(served)
    until_the_first_is_scored(database_url)
    (worker,) = workers_of(served)
    (opener,) = worker.children()
    opener.kill()

    assert len(outcomes(database_url)) < N_MANY
    served.until(everything_done(N_MANY), patience_s=120)
    assert [worker] == workers_of(served)
    assert [opener] != worker.children()
    require_scored_once(served, database_url, N_MANY)


def test_films_that_waited_when_the_model_changed_are_scored_by_the_new_one(
    start: "Start", tiny_parts: BundleParts, tmp_path: Path
) -> None:
    served = start("--workers", "0")
    served.send(films(3))
    served.stop()
    other = bundle.save(tmp_path / "other", replace(tiny_parts, facts={"name": "other"}))

    served = start("--bundle", str(other.folder))

    assert 0 == served.until(everything_done(3))["not_scored"]


def test_a_folder_that_is_named_is_taken_in_and_ranked(start: "Start", tmp_path: Path) -> None:
    """As `make demo` does; what is no film is listed with the rest, and what cannot be opened is counted."""
    folder, log = tmp_path / "ward", tmp_path / "log"
    synthetic.generate(12, folder, seed=3)
    (folder / "notes.txt").write_text("Films of nobody.")
    (folder / "gone.png").symlink_to("nowhere")

    served = start(str(folder), log=log)

    counts = served.until(everything_done(13))
    rows = served.rows()
    assert (12, 1) == (counts["URGENT"] + counts["REVIEW"] + counts["ROUTINE"], counts["not_scored"])
    assert ["notes.txt"] == [row["name"] for row in rows if row["state"] == "not_scored"]
    assert list(range(1, 14)) == [row["rank"] for row in rows]
    assert "firstread: 1 files or folders could not be read, and were not taken in.\n" == log.read_text()


class OutOfMemoryKiller(threading.Thread):
    """Ends whoever opens a large film, or the worker it is opened for, as the kernel does when memory is short."""

    LARGE = 60 * 2**20

    def __init__(self, served: "Served", victim: str) -> None:
        super().__init__(daemon=True)
        self._served, self._victim = served, victim
        self._over = threading.Event()
        self.n_killed = 0

    def run(self) -> None:
        while not self._over.wait(0.01):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._look()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _look(self) -> None:
        for worker in workers_of(self._served):
            for opener in worker.children():
                # Until it runs its own program, a process has its parent's name and memory.
                if "worker" not in opener.cmdline() and opener.memory_info().rss > self.LARGE:
                    killed = worker if self._victim == "worker" else opener
                    killed.kill()
                    killed.wait(10)
                    self.n_killed += 1


@pytest.mark.parametrize(
    ("victim", "said"),
    [
        ("opener", "The film needs more memory to open than this machine has. It was tried 3 times."),
        ("worker", "The program that scores films ended 3 times with this film in hand."),
    ],
)
def test_a_film_that_ends_its_process_each_time_is_given_up_visibly_and_costs_no_other(
    start: "Start", victim: str, said: str
) -> None:
    served = start()
    killer = OutOfMemoryKiller(served, victim)
    killer.start()
    poison = io.BytesIO()
    Image.linear_gradient("L").resize((5600, 5600)).save(poison, "PNG", compress_level=1)

    assert 201 == served.send(films(3) | {"poison.png": poison.getvalue()} | films(3, first=3)).status_code
    assert 201 == served.send(films(3, first=6), delivery="two").status_code
    served.until(everything_done(10), patience_s=120)
    killer.stop()

    assert 3 == killer.n_killed
    assert {"poison.png": said} == {
        row["name"]: row["reason"]["message"] for row in served.rows() if row["state"] != "scored"
    }


def test_ctrl_c_ends_the_server_and_its_worker(start: "Start") -> None:
    served = start()
    worker = workers_of(served)[0]

    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(30) in (0, 130, -signal.SIGINT)
    worker.wait(30)


def test_an_open_page_does_not_keep_the_server_from_ending(start: "Start", tmp_path: Path) -> None:
    """Its stream of events ends as it should; it need not be cut off."""
    served = start(log=tmp_path / "log")
    with served.client.stream("GET", "/api/v1/events") as stream:
        texts = stream.iter_text()
        assert "event: change" in next(text for text in texts if "event" in text)
        served.process.send_signal(signal.SIGTERM)
        list(texts)
        served.process.wait(20)

    assert "" == (tmp_path / "log").read_text()


def test_a_film_that_does_not_come_in_time_is_to_be_sent_to_the_next_server(
    start: "Start", tmp_path: Path
) -> None:
    served = start(log=tmp_path / "log", settings={"FIRSTREAD_WEB__BODY_TIMEOUT_S": "60"})
    with half_a_film(served, patience_s=20) as slow:
        served.counts()  # requests are begun in their order: the film's is under way
        served.process.send_signal(signal.SIGTERM)
        answer = slow.recv(4096)
        served.process.wait(20)

    assert b" 503 " in answer.split(b"\r\n")[0]
    assert b"Retry-After" in answer.title()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_page_hears_of_every_change(start: "Start") -> None:
    served = start()
    heard: list[str] = []

    def listen() -> None:
        with contextlib.suppress(httpx2.HTTPError), served.client.stream("GET", "/api/v1/events") as stream:
            heard.extend(line for line in stream.iter_lines() if line.startswith("id:"))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(0.5)
    served.send(films(5))
    served.until(everything_done(5))
    time.sleep(1)

    numbers = [int(line.removeprefix("id:")) for line in heard]
    assert len(numbers) >= 2
    assert sorted(set(numbers)) == numbers
    last = served.client.get("/api/v1/worklist?limit=1").json()["version"]
    assert last == numbers[-1]


def spooled(served: "Served", tmpdir: Path) -> int:
    """Return how many forms of a server lie in TMPDIR; in files without a name, so their descriptors are counted."""
    descriptors = Path(f"/proc/{served.process.pid}/fd")
    n_found = 0
    for descriptor in descriptors.iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            n_found += descriptor.readlink().is_relative_to(tmpdir)
    return n_found


def test_a_client_that_goes_away_leaves_nothing(start: "Start", tmp_path: Path) -> None:
    tmpdir = tmp_path / "spool"
    tmpdir.mkdir()
    served = start(settings={"TMPDIR": str(tmpdir), "FIRSTREAD_WEB__BODY_TIMEOUT_S": "60"})
    leaving = half_a_film(served, announced=12_000_000)
    leaving.sendall(bytes(10_000_000))  # more than a form may have of the memory
    served.until(lambda _counts: spooled(served, tmpdir) == 1)
    leaving.close()

    served.until(lambda _counts: spooled(served, tmpdir) == 0)
    assert [] == list(tmpdir.iterdir())
    assert 201 == served.send(films(1)).status_code
    assert 1 == served.until(everything_done(1))["all"]
    assert [] == list((tmp_path / "store" / "films" / "arriving").iterdir())


def test_a_client_that_sends_nothing_is_let_go(start: "Start") -> None:
    served = start()
    with half_a_film(served, patience_s=30) as slow:
        assert b" 408 " in slow.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize("sent", [b"", b"P", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_client_that_sends_no_request_is_let_go(start: "Start", sent: bytes) -> None:
    """Nobody knows who it is: a thousand of them would be all the connections that the server may have."""
    host, port = start("--workers", "0").origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(sent)

        assert b"" == line.recv(4096)


class MetFilm(io.BytesIO):
    """A film of which nothing is sent before all who meet have begun their requests."""

    def __init__(self, content: bytes, meeting: threading.Barrier) -> None:
        super().__init__(content)
        self._meeting: threading.Barrier | None = meeting

    def read(self, size: int | None = -1, /) -> bytes:
        meeting, self._meeting = self._meeting, None
        if meeting is not None:
            meeting.wait()
        return super().read(size)


def test_two_hundred_clients_at_once_lose_nothing(start_on_each: "Start", database_url: str) -> None:
    # However slow the computer is: who waits too long is told to come again, and is not lost either.
    served = start_on_each(
        settings={"FIRSTREAD_STORE__PATIENCE_S": "60", "FIRSTREAD_WEB__BODY_TIMEOUT_S": "60"}
    )
    meeting = threading.Barrier(200, timeout=60)

    def one(number: int) -> int:
        sent = ("films", (f"{number}.png", MetFilm(film(number), meeting)))
        form = {"delivery": f"client-{number}"}
        return served.client.post("/api/v1/films", files=[sent], data=form).status_code

    with ThreadPoolExecutor(200) as clients:
        statuses = list(clients.map(one, range(200)))

    assert {201} == set(statuses)
    served.until(everything_done(200), patience_s=120)
    require_scored_once(served, database_url, 200)


def test_a_database_that_another_program_holds_is_said_and_costs_no_film(
    start_on_each: "Start", database_url: str, tmp_path: Path
) -> None:
    """Nothing is acknowledged meanwhile, and the worker writes what it has in hand afterwards."""
    log = tmp_path / "log"
    served = start_on_each(settings={"FIRSTREAD_STORE__PATIENCE_S": "0.5"}, log=log)
    send_many(served)
    until_the_first_is_scored(database_url)
    (worker,) = workers_of(served)
    with contextlib.closing(Database(database_url)) as other, other.write():
        busy = served.send(films(1, first=N_MANY))
        n_scored = len(outcomes(database_url))
        served.until(lambda _counts: "outcomes wait to be written" in log.read_text())

    assert (503, "2") == (busy.status_code, busy.headers["retry-after"])
    assert n_scored < N_MANY
    assert 201 == served.send(films(1, first=N_MANY)).status_code
    served.until(everything_done(N_MANY + 1), patience_s=120)
    assert [worker] == workers_of(served)
    require_scored_once(served, database_url, N_MANY + 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 8 MiB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None or os.getuid() != 0:
        pytest.skip("A small disk (tmpfs) can only be mounted by root.")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False)
    if done.returncode:
        pytest.skip("A small disk (tmpfs) cannot be mounted here.")
    yield folder
    subprocess.run([unmount, "-l", folder], check=False)


def test_a_full_disk_is_said_and_what_was_acknowledged_stays(start: "Start", small_disk: Path) -> None:
    served = start(store=small_disk / "store")
    assert 201 == served.send(films(3)).status_code
    served.until(everything_done(3))

    noise = np.random.default_rng(0)
    statuses = [
        served.send({f"big-{i}.bin": noise.bytes(1_000_000)}, delivery=f"big-{i}").status_code
        for i in range(10)
    ]

    assert 507 in statuses
    assert statuses.count(201) + statuses.count(507) == len(statuses)
    n_acknowledged = 3 + statuses.count(201)
    served.until(lambda counts: counts["all"] == n_acknowledged)
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(30)
    assert n_acknowledged == start(store=small_disk / "store").counts()["all"]


def test_a_port_that_is_taken_is_said(start: "Start", tmp_path: Path) -> None:
    port = start().origin.rsplit(":", 1)[1]
    second = subprocess.run(
        [
            sys.executable,
            "-m",
            "firstread",
            "serve",
            "--no-open",
            "--port",
            port,
            "--folder",
            tmp_path / "other",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert 2 == second.returncode
    assert "web.port must be free" in second.stderr


def test_beyond_this_computer_a_door_is_needed(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "firstread", "serve", "--host", "192.0.2.1", "--folder", tmp_path / "store"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert 2 == refused.returncode
    assert "doors" in refused.stderr


@pytest.mark.films
def test_every_hostile_file_is_answered_and_memory_stays_bounded(
    start: "Start", public_films: Path, watch_memory: "WatchMemory"
) -> None:
    served = start()
    memory = watch_memory(served)
    files = [
        path
        for folder in ("hostile", "dicom")
        for path in sorted((public_films / folder).rglob("*"))
        if path.is_file() and path.stat().st_size < 100 * 2**20
    ]
    contents = set()
    for number, path in enumerate(files):
        content = path.read_bytes()
        contents.add(hashlib.sha256(content).hexdigest())
        answer = served.send({str(path.relative_to(public_films)): content}, delivery=f"{number}")
        assert 201 == answer.status_code, path
    served.until(everything_done(len(contents)), patience_s=240)

    assert 200 == served.client.get("/api/v1/health").status_code
    rows = served.rows()
    assert contents == {row["film"] for row in rows}
    for row in rows:
        is_said = bool(row["reason"] and row["reason"]["message"])
        assert (row["state"], is_said) in [("scored", False), ("not_scored", True)], row
    for row in rows:
        assert served.client.get(f"/api/v1/films/{row['film']}/pixels").status_code in (200, 409)
    # Measured: 8, 121 and 117 MiB.
    assert memory.peak("server") - memory.first("server") < 64 * 2**20
    assert memory.peak("worker") < 256 * 2**20
    assert memory.peak("opener") < 256 * 2**20


def test_requests_that_never_end_take_little_memory(start: "Start") -> None:
    """Sixteen senders with 64 files of a megabyte each, as many as fit into a request."""
    served = start(settings={"FIRSTREAD_WEB__BODY_TIMEOUT_S": "60"})
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    head = b'\r\n--x\r\nContent-Disposition: form-data; name="films"; filename="a"\r\n\r\n'
    part = head + os.urandom(1_040_000)

    def send(_number: int) -> socket.socket:
        line = half_a_film(served, patience_s=60, announced=65 * len(part))
        for _ in range(63):
            line.sendall(part)
        return line

    with ThreadPoolExecutor(16) as senders:
        lines = list(senders.map(send, range(16)))
    grown = process.memory_info().rss - before
    for line in lines:
        line.close()

    assert 201 == served.send(films(1)).status_code
    assert grown < 200 * 2**20


def test_the_browser_is_started_with_an_address_that_opens_once(start: "Start", tmp_path: Path) -> None:
    """Everybody on this computer can read it in the list of processes."""
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{told}.part" && mv "{told}.part" "{told}"\n')
    browser.chmod(0o755)

    served = start("--open", settings={"BROWSER": str(browser)})
    served.until(lambda _counts: told.exists())

    address = told.read_text()
    assert served.url != address

    def comes_in(url: str) -> bool:
        with httpx2.Client(base_url=served.origin, timeout=30) as visitor:
            visitor.get(url)
            return visitor.get("/api/v1/session").status_code == 200

    assert [True, False] == [comes_in(address) for _ in range(2)]
    assert comes_in(served.url)
