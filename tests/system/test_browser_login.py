"""People come in by name and password over plain HTTP too, where a browser tells less of where a request comes from."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firstread.inference.bundle import Bundle

if TYPE_CHECKING:
    from tests.system.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a pass phrase of some length"  # noqa: S105 - nobody's


def firstread(*arguments: str | Path, said: str = "") -> None:
    command = [sys.executable, "-m", "firstread", *map(str, arguments)]
    subprocess.run(command, input=said, text=True, check=True, capture_output=True)


@pytest.fixture
def address(tmp_path: Path, tiny_bundle: Bundle) -> Iterator[str]:
    """Return where a server with accounts is found: on a name that is not this computer's."""
    store = tmp_path / "store"
    firstread(
        "account", "add", "anna", "--role", "admin", "--password-stdin", "--folder", store, said=PASSWORD
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://films.test:{port}"
    settings = {"FIRSTREAD_WEB__PUBLIC_URL": url, "FIRSTREAD_DOORS__LOCAL_ACCOUNTS": "true"}
    command = [sys.executable, "-m", "firstread", "serve", "--no-open", "--port", str(port), "--workers", "0"]
    command += ["--folder", str(store), "--bundle", str(tiny_bundle.folder)]
    with subprocess.Popen(
        command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert url in process.stdout.readline()
        yield url
        process.terminate()


def test_one_logs_in_prints_the_list_and_logs_out(address: str, enter: "Enter") -> None:
    from playwright.sync_api import expect

    page = enter(address).page
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.locator("#who")).to_have_text("anna")
    assert not page.evaluate("isSecureContext")  # or this would show nothing

    page.get_by_role("button", name="Try with synthetic films").click()
    page.locator("#film-name").filter(has_text="jpeg").wait_for()
    page.keyboard.press("e")
    with page.expect_popup() as printed:
        page.get_by_role("button", name="Worklist to print…").click()
    expect(printed.value.locator("h1")).to_be_visible()
    printed.value.close()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
