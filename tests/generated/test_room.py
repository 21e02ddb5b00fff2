"""The page of the example, in a real browser: people talk, see who is there, and see nothing that is not for them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import Generated
from .test_service import free_port, running

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
PUBLISHED, DRAFT = (f"00000000-0000-4000-8000-00000000001{each}" for each in "12")
MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
# In milliseconds, for what comes at once unless something is wrong.
PATIENCE = 20_000

Join = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        # Containers have no user namespaces for its sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where what somebody sees is kept, for whoever wants to look at it."""
    return Path(os.environ.get("TERAPIN_TEST_SHOTS", tmp_path))


@pytest.fixture
def open_page(browser: Browser, shots: Path) -> Iterator[Callable[..., Page]]:
    """A page in a browser of its own, in which nothing fails unseen."""
    expect.set_options(timeout=PATIENCE)
    faults: list[str] = []
    pages: list[Page] = []

    def opened(port: int, post: str, **options: Any) -> Page:
        page = browser.new_context(**options).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(f"http://127.0.0.1:{port}/posts/{post}/room")
        pages.append(page)
        return page

    yield opened
    for number, page in enumerate(pages):
        page.screenshot(path=shots / f"{number}.png")
        page.context.close()
    assert not faults


def sign_in(page: Page, name: str) -> None:
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill("a room for everybody")
    page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send").click()


def assert_heard(text: str, *pages: Page) -> None:
    for page in pages:
        expect(page.get_by_role("log").get_by_text(text, exact=True)).to_be_visible()
        expect(page.get_by_text("sending…")).to_have_count(0)


def test_people_talk_and_see_what_is_for_them(blog: Generated, open_page: Join) -> None:
    with running(blog, BLOG_DEMO="true") as service:
        ada = open_page(service.port, PUBLISHED)
        bob = open_page(service.port, PUBLISHED, viewport={"width": 390, "height": 844})
        guest = open_page(service.port, PUBLISHED, color_scheme="dark")
        sign_in(ada, "ada")
        sign_in(bob, "bob")

        for page in (ada, bob, guest):
            here = page.get_by_role("complementary", name=re.compile("Here now"))
            expect(here.get_by_role("listitem")).to_have_text(
                [re.compile("ada"), re.compile("bob")]
            )
        say(ada, "Is it live?")
        assert_heard("Is it live?", ada, bob, guest)
        bob.get_by_label("Your comment").press_sequentially("It")
        expect(ada.get_by_text("bob is typing…")).to_be_visible()
        say(bob, MARKUP)
        assert_heard(MARKUP, ada, bob, guest)
        expect(ada).to_have_title("A room for every article")
        guest.reload()
        assert_heard(MARKUP, guest)
        expect(guest.get_by_label("Your comment")).to_be_hidden()

        # A draft is its author's.
        stranger = open_page(service.port, DRAFT)
        nothing = "There is nothing here for you"
        expect(stranger.get_by_role("heading", name=nothing)).to_be_visible()
        bob.goto(stranger.url)
        expect(bob.get_by_role("heading", name=nothing)).to_be_visible()
        ada.goto(stranger.url)
        expect(ada.get_by_role("heading", name="Not yet for everybody")).to_be_visible()
        say(ada, "Nearly done")
        assert_heard("Nearly done", ada)
        for page in (stranger, bob):
            assert "Not yet for everybody" not in page.content()
            assert "Nearly done" not in page.content()


@pytest.mark.skipif(not DEEP, reason="starts a service twice")
def test_both_go_on_when_the_service_was_started_again(blog: Generated, open_page: Join) -> None:
    port = free_port()
    with running(blog, port=port, BLOG_DEMO="true"):
        ada, bob = (open_page(port, PUBLISHED) for _ in range(2))
        sign_in(ada, "ada")
        sign_in(bob, "bob")
        say(ada, "Before")
        assert_heard("Before", ada, bob)
    for page in (ada, bob):
        expect(page.get_by_role("status")).to_have_text("Connection lost, trying again…")
    say(ada, "In between")
    with running(blog, port=port, BLOG_DEMO="true"):
        # As it is up to 30 s until a page tries again.
        expect(bob.get_by_text("Live", exact=True)).to_be_visible(timeout=60_000)
        expect(ada.get_by_text("Live", exact=True)).to_be_visible(timeout=60_000)
        assert_heard("In between", ada, bob)
        say(bob, "After")
        assert_heard("After", ada, bob)
