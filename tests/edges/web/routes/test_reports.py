"""Reports are pages to print: what is known of a film, and the list; no patient's name, and no script of a name."""

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from firstread.edges.web.room import Room
from firstread.edges.web.routes import reports
from firstread.store import audit_log
from firstread.store.scopes import Scope

Send = Callable[..., list[str]]
Film = Callable[..., bytes]
Say = Callable[..., None]
CANARIES = ("SECRET", "4711", "DOE^JANE", "19470401")
LIST = "/worklist/report"
DISCLAIMER = "Research software, not a medical device: a radiologist reads every film."


def words(html: str) -> str:
    """Return the text of a page on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.usefixtures("database_url")
def test_a_films_report_says_all_that_is_known(client: TestClient, room: Room, ward: list[str]) -> None:
    client.post(f"/api/v1/films/{ward[1]}/readings", json={"verdict": "agree", "note": "right base"})

    page = client.get(f"/films/{ward[1]}/report").text

    told = words(page)
    film = client.get(f"/api/v1/films/{ward[1]}").json()
    for expected in (
        f"File b.png Folder ward SHA-256 {ward[1]}",
        f"{100 * film['probability']:.0f} %",
        "▲ URGENT",
        "Flagged: it reaches the operating point.",
        "URGENT from 50.0 %: on tuning films sensitivity 95 %, specificity 90 %.",
        "REVIEW from 20.0 %",
        "pneumonia agree this computer 2027-01-15 08:00 UTC right base",
        f"Bundle tiny SHA-256 {room.bundle.sha256}",
        DISCLAIMER,
        "made 2027-01-15 08:00 UTC for this computer",
    ):
        assert expected in told
    assert 2 == page.count(f'src="/api/v1/films/{ward[1]}/picture.png"')
    assert f'src="/api/v1/films/{ward[1]}/heat-map.png"' in page


def test_an_unread_film_says_why_it_stands_where_it_stands(client: TestClient, ward: list[str]) -> None:
    told = words(client.get(f"/films/{ward[1]}/report").text)

    assert "Place in the worklist: rank 1 of 4. " in told
    assert client.get(f"/api/v1/films/{ward[1]}/place").json()["why"] in told
    assert "Nobody has read this film yet." in told


def test_a_file_without_a_score_says_why_and_shows_nothing(client: TestClient, ward: list[str]) -> None:
    page = client.get(f"/films/{ward[3]}/report").text

    assert "∅ not scored The file is not a picture" in words(page)
    assert "<img" not in page


def test_a_film_that_waits_is_shown_without_a_score(client: TestClient, send: Send, film: Film) -> None:
    (waiting,) = send({"a.png": film(60)})

    page = client.get(f"/films/{waiting}/report").text

    assert "The film waits for the model." in words(page)
    assert 1 == page.count("<img")


def test_a_blinded_report_tells_no_score_and_no_reading(client: TestClient, ward: list[str]) -> None:
    film = client.get(f"/api/v1/films/{ward[1]}").json()

    page = client.get(f"/films/{ward[1]}/report?blinded=true").text

    assert "The score is hidden until this reader has read the film." in words(page)
    for hidden in ("URGENT", "heat-map", "Flagged", "rank", "Readings", f"{100 * film['probability']:.0f} %"):
        assert hidden not in page


@pytest.mark.usefixtures("database_url")
def test_the_list_is_printed_as_it_was_filtered(client: TestClient, ward: list[str]) -> None:
    form = {"folder": "ward", "band": ["URGENT", "REVIEW"], "sort": "name", "descending": "true"}

    page = client.post(LIST, data=form)

    told = words(page.text)
    assert (
        "2 films: unread films, only URGENT, REVIEW, in the folder ward; by name, from the last to the first"
        in told
    )
    assert told.index("c.png") < told.index("b.png")
    assert "a.png" not in told
    assert [film[:16] for film in (ward[2], ward[1])] == re.findall(r'<small class="hash">(\w+)', page.text)


def test_the_list_counts_each_band_and_says_the_rule_of_its_order(
    client: TestClient, ward: list[str]
) -> None:
    """The rule is the one that the page tells beside a film."""
    told = words(client.post(LIST, data={}).text)

    assert "▲ URGENT ◆ REVIEW ● ROUTINE wait for the model ∅ not scored read all 1 1 1 0 1 0 4" in told
    rule = client.get(f"/api/v1/films/{ward[1]}/place").json()["rule"]
    assert f"The order. {rule} URGENT from 50.0 %, REVIEW from 20.0 %. Model: tiny" in told
    assert "No film stands more than 50 places below its order of arrival" in rule
    assert DISCLAIMER in told
    assert len(ward) == told.count("2027-01-15 08:00 UTC") - 1


@pytest.mark.usefixtures("ward")
def test_a_blinded_list_is_in_the_order_of_arrival_and_tells_no_score(client: TestClient) -> None:
    told = words(client.post(LIST, data={"blinded": "true", "sort": "probability", "band": "URGENT"}).text)

    assert [told.index(f"{name}.png") for name in "abcd"] == sorted(
        told.index(f"{name}.png") for name in "abcd"
    )
    for hidden in ("URGENT", "REVIEW", "ROUTINE", " %", "Rank"):
        assert hidden not in told


def test_a_long_list_is_cut_with_a_notice(client: TestClient, send: Send, room: Room) -> None:
    """The rest is named, and where to find it."""
    n = reports.MOST_FILMS + 5
    for start in range(0, n, 60):
        send({f"{number}.png": b"%d" % number for number in range(start, min(n, start + 60))})
    room.worklist.refresh()

    page = client.post(LIST, data={}).text

    assert "Only the first 1,000 of 1,005 films stand here." in words(page)
    assert 1000 == page.count('<td class="what">')


def test_the_address_of_a_list_holds_nothing_of_what_was_searched_for(client: TestClient) -> None:
    """Browsers keep addresses, and print them at the foot of a page: a form sends the filters in its body."""
    assert 405 == client.get(f"{LIST}?q=jane").status_code


@pytest.mark.usefixtures("ward")
@pytest.mark.parametrize("form", [{"state": "gone"}, {"band": "RED"}, {"q": "x" * 201}, {"sort": "fate"}])
def test_a_form_that_does_not_fit_is_a_problem(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post(LIST, data=form)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize("film", ["f" * 64])
def test_a_film_that_is_not_here_has_no_report(client: TestClient, film: str) -> None:
    answer = client.get(f"/films/{film}/report")

    assert (404, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_a_page_runs_nothing_but_our_own_script(
    client: TestClient, send: Send, film: Film, room: Room
) -> None:
    """Names of files are text; nothing stands inline that the content security policy would have to allow."""
    (hostile,) = send({'"><script>alert(1)</script>/<img src=x onerror=alert(1)>.png': film(60)})
    room.worklist.refresh()

    for answer in (client.get(f"/films/{hostile}/report"), client.post(LIST, data={})):
        assert 1 == answer.text.count("<script")
        assert "<img src=x" not in answer.text
        assert not re.search(r'<style|\sstyle="|<[^>]*\son\w+="', answer.text)
        assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
        assert "no-store" == answer.headers["cache-control"]


def test_no_report_holds_a_patient(
    client: TestClient,
    send: Send,
    score: Callable[[], None],
    room: Room,
    dicom_film: Film,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in the page, its title, which becomes the name of the PDF, its headers, the log or the audit log."""
    (film,) = send({"a.dcm": dicom_film("SECRET-4711", name="DOE^JANE", brightness=190)})
    score()

    told = ""
    for answer in (client.get(f"/films/{film}/report"), client.post(LIST, data={"state": "all"})):
        assert 200 == answer.status_code
        told += answer.text + str(answer.headers) + str(answer.url)
    with room.store.database.read() as connection:
        told += repr(list(audit_log.events(connection)))

    assert f"<title>firstread-film-{film[:12]}</title>" in told
    assert "<title>firstread-worklist-20270115T080000Z</title>" in told
    assert "PA (posteroanterior)" in told
    assert [] == [canary for canary in CANARIES if canary in told + caplog.text]


def test_without_names_a_report_holds_nothing_that_somebody_wrote(
    client: TestClient, send: Send, score: Callable[[], None], film: Film
) -> None:
    (sent,) = send({"DOE^JANE/4711.png": film(190)})
    score()
    client.post(f"/api/v1/films/{sent}/readings", json={"verdict": "agree", "note": "SECRET"})
    form = {"state": "all", "named": "false", "q": "4711", "folder": "DOE^JANE"}

    told = client.get(f"/films/{sent}/report?named=false").text + client.post(LIST, data=form).text

    assert sent[:16] in told
    assert "in one folder, whose names contain a text" in told
    assert [] == [canary for canary in CANARIES if canary in told]


@pytest.mark.usefixtures("database_url")
def test_it_is_written_down_who_took_a_report(client: TestClient, room: Room, ward: list[str]) -> None:
    client.get(f"/films/{ward[0]}/report")
    client.post(LIST, data={"q": "a.png"})

    with room.store.database.read() as connection:
        film, listed = list(audit_log.events(connection))[-2:]
    assert ("film.report", ward[0], {"blinded": False, "named": True}) == (
        film.action,
        film.subject,
        film.detail,
    )
    assert ("worklist.export", "report", 1) == (
        listed.action,
        listed.detail["format"],
        listed.detail["films"],
    )


def test_reports_are_for_who_may_see_films(
    client: TestClient, ward: list[str], token: Callable[[Scope], dict[str, str]]
) -> None:
    headers = token(Scope.FILMS_WRITE)

    assert 403 == client.get(f"/films/{ward[0]}/report", headers=headers).status_code
    assert 403 == client.post(LIST, headers=headers).status_code
    stranger = client.get(f"/films/{ward[0]}/report", follow_redirects=False)
    assert (303, "/login") == (stranger.status_code, stranger.headers["location"])


def test_another_site_cannot_have_the_list_printed(client: TestClient) -> None:
    assert 403 == client.post(LIST, headers={"Sec-Fetch-Site": "cross-site"}).status_code


@pytest.mark.usefixtures("database_url")
def test_a_report_says_every_name_of_a_film_unless_names_are_left_out(
    client: TestClient, room: Room, send: Send, film: Film
) -> None:
    content = film(60)
    (sha256, *_) = send({"ward/a.png": content, "desk/b.png": content, "<i>c.png": content})
    room.worklist.refresh()

    page, unnamed = (client.get(f"/films/{sha256}/report?named={named}").text for named in (True, False))
    listed = [words(client.post(LIST, data={"named": str(named)}).text) for named in (True, False)]

    assert "Also came as b.png in desk &lt;i&gt;c.png" in words(page)
    assert [] == [name for name in ("Also came", "desk", "c.png") if name in unnamed]
    assert all("also came under 2 other names" in told for told in listed)
    assert [] == [name for name in ("b.png", "desk", "c.png") if name in listed[1]]
