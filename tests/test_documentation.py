"""What the documentation says of the code is what the code says of itself."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def regenerate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("regenerate", REPOSITORY / "docs" / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_has_every_file_in_a_line_and_the_figures_of_the_bundle(regenerate: ModuleType) -> None:
    assert regenerate.readme() == (REPOSITORY / "README.md").read_text(), "run docs/regenerate.py"


def test_the_commands_are_described_as_they_describe_themselves(regenerate: ModuleType) -> None:
    assert regenerate.commands() == (REPOSITORY / "docs" / "commands.md").read_text(), (
        "run docs/regenerate.py"
    )


def test_every_setting_is_described_as_it_is(regenerate: ModuleType) -> None:
    assert regenerate.settings() == (REPOSITORY / "docs" / "settings.md").read_text(), (
        "run docs/regenerate.py"
    )


def test_every_file_says_what_it_is(regenerate: ModuleType) -> None:
    assert [] == re.findall(r"^\| `[^`]+` \|  \|$", regenerate.file_map(), flags=re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/serving.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (REPOSITORY / page).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert [] == [link for link in links if not ((REPOSITORY / page).parent / link).exists()]
