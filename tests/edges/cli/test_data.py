import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firstread.data import synthetic
from firstread.data.manifest import Series
from firstread.data.sources.kaggle_pneumonia import OFFICIAL_TEST_NUMBERS, read_folder
from firstread.edges.cli.data import LEAKS_OR_UNREADABLE, data_commands
from firstread.errors import DataError, OutputError

RUNNER = CliRunner(env={"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"})


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Return a data folder of ten synthetic films."""
    synthetic.generate(10, tmp_path / "films", seed=2)
    return tmp_path / "films"


def test_check_prints_what_a_person_needs_within_80_columns(films: Path) -> None:
    result = RUNNER.invoke(data_commands, ["check", str(films)])

    assert 0 == result.exit_code, result.output
    for words in (
        "null accuracy",
        "50.0%",
        "bacteria",
        "Patient numbers",
        "Groups of identical files: 0",
        "Groups of near-copies: 0",
        "Unreadable films: 0",
        "Leakage: none found",
        "10 films are synthetic",
    ):
        assert words in " ".join(result.output.split())
    assert 80 >= max(map(len, result.output.splitlines()))


def test_check_prints_json_only(films: Path) -> None:
    found = json.loads(RUNNER.invoke(data_commands, ["check", str(films), "--json"]).stdout)

    assert (10, 10, [], []) == (found["films"], found["synthetic"], found["leaks"], found["unreadable"])


def test_check_fails_on_leakage_and_names_the_files(films: Path) -> None:
    """An official test film in the training folder, and a training film once more in val."""
    film = next((films / "train/PNEUMONIA").iterdir())
    official = OFFICIAL_TEST_NUMBERS[Series.VIRUS][0][0]
    (films / f"train/PNEUMONIA/person{official}_virus_1.jpeg").write_bytes(film.read_bytes())
    (films / "val/PNEUMONIA").mkdir(parents=True)
    (films / "val/PNEUMONIA" / film.name).write_bytes(film.read_bytes())

    result = RUNNER.invoke(data_commands, ["check", str(films)])

    words = " ".join(result.output.split())
    assert LEAKS_OR_UNREADABLE == result.exit_code
    assert "LEAKAGE: 1 official test films outside the test folder" in words
    assert f"train/PNEUMONIA/person{official}_virus_1.jpeg" in words
    assert "LEAKAGE: 1 patients in two parts" in words
    assert "LEAKAGE: 1 films in two parts" in words


def test_check_fails_on_an_unreadable_film(films: Path) -> None:
    film = read_folder(films).paths[0]
    film.write_bytes(film.read_bytes()[:3000])

    result = RUNNER.invoke(data_commands, ["check", str(films)])

    assert LEAKS_OR_UNREADABLE == result.exit_code
    assert f"Unreadable films: 1 {film.relative_to(films)}:" in " ".join(result.output.split())


def test_check_refuses_what_is_no_data_folder(tmp_path: Path) -> None:
    result = RUNNER.invoke(data_commands, ["check", str(tmp_path)])

    assert isinstance(result.exception, DataError)


def test_synthesize_writes_what_was_asked_for(tmp_path: Path) -> None:
    arguments = [
        "synthesize",
        "5",
        str(tmp_path / "out"),
        "--format",
        "dicom",
        "--diseased-fraction",
        "0.4",
        "--part",
        "test",
    ]

    result = RUNNER.invoke(data_commands, arguments)

    assert f"5 synthetic films in {tmp_path / 'out' / 'test'}" == result.output.strip()
    assert (2, 5) == (
        len(list((tmp_path / "out/test/PNEUMONIA").iterdir())),
        len(list((tmp_path / "out").rglob("*.dcm"))),
    )


def test_synthesize_asks_before_it_replaces(films: Path) -> None:
    refused = RUNNER.invoke(data_commands, ["synthesize", "3", str(films)])
    replaced = RUNNER.invoke(data_commands, ["synthesize", "3", str(films), "--overwrite"])

    assert isinstance(refused.exception, OutputError)
    assert 0 == replaced.exit_code
    assert 3 == len(list(films.rglob("*.jpeg")))


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_synthesize_refuses_an_impossible_count(tmp_path: Path, count: str) -> None:
    assert 2 == RUNNER.invoke(data_commands, ["synthesize", "--", count, str(tmp_path / "out")]).exit_code


def test_download_knows_its_sources_only() -> None:
    result = RUNNER.invoke(data_commands, ["download", "mnist"])

    assert 2 == result.exit_code
    assert "kaggle-pneumonia" in result.output


def test_the_hidden_refit_needs_real_films(films: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(data_commands, ["fit-synthetic", str(films), str(tmp_path / "model.npz")])

    assert isinstance(result.exception, DataError)
    assert not (tmp_path / "model.npz").exists()
