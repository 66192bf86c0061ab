"""What somebody does on the portal, by hand: a real Chromium through the real gateway."""

import base64
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.browser import browsing
from support.gateway import running

pytestmark = pytest.mark.e2e

NAME = "breaks.exampleshire.example"
HOME = f"https://{NAME}"
FB = "https://www.facebook.com/"
EXTRA = """
teams:
  choosers:
    members: [b.rowser]
    breaks: [{days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}]
include: [cases.d/*.yaml]
"""
PAGE = f", portal: 'https://{NAME}', managers: {{choosers: [d.smith]}}"
PEOPLE = {"b.rowser": "127.0.0.1"}


def key(gateway):
    """Give the hash of the gateway's key, as Chromium wants it."""
    public = x509.load_pem_x509_certificate(gateway.ca.read_bytes()).public_key()
    data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    with running(folder, origin, extra=EXTRA, page=PAGE, people=PEOPLE) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def browser(gateway, tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("profile"), gateway.url, key(gateway)) as browser:
        yield browser


def test_from_the_refused_page_to_a_break_and_to_its_end(gateway, browser):
    gateway.clock("12:00:00")
    with browser.tab() as tab:
        tab.go(FB)
        assert "Facebook is not open: your break has not started" in tab.text
        tab.click(f'a[href="{HOME}/"]')
        assert tab.address == f"{HOME}/"

        tab.click('form[action="/break/start"] button')
        assert tab.address == f"{HOME}/?done=started"
        assert "Your break has started." in tab.text
        assert tab.run("document.getElementById('left').textContent") == "45 minutes left"

        tab.go(FB)
        assert "is not open" not in tab.text

        tab.go(f"{HOME}/")
        tab.click('form[action="/break/stop"] button')
        assert "Your break has stopped." in tab.text
        gateway.await_line("break-ended")
        tab.go(f"{HOME}/records")
        for sentence in ("Facebook was refused", "A break was started", "A break ended"):
            assert sentence in tab.text


def test_the_time_left_counts_down_by_itself(gateway, browser):
    """Once a minute and no oftener; here the page's own clock is pushed on."""
    gateway.clock("13:00:00")
    with browser.tab() as tab:
        tab.go(f"{HOME}/")
        tab.click('form[action="/break/start"] button')
        assert tab.run("document.querySelectorAll('script').length") == 1
        seconds = int(tab.run("document.getElementById('left').dataset.seconds"))
        shown = tab.run(
            f"""(() => {{
              const now = performance.now.bind(performance), wait = setTimeout, asked = [];
              let pushed = 0;
              performance.now = () => now() + pushed;
              window.setTimeout = (again, ms) => asked.push([again, ms]);
              const text = document.querySelector('script').textContent;
              const left = document.getElementById('left');
              (0, eval)(text);
              const found = [left.textContent];
              for (const minutes of [1, 2]) {{
                pushed = minutes * 60000;
                asked.pop()[0]();
                found.push(left.textContent);
              }}
              pushed = {seconds} * 1000;
              asked.pop()[0]();
              found.push(left.textContent, asked.length);
              return found;
            }})()"""
        )
        first = -(-seconds // 60)
        assert shown[:3] == [f"{first - each} minutes left" for each in range(3)]
        assert shown[3:] == ["Your break has ended.", 0]
        tab.click('form[action="/break/stop"] button')


def test_a_page_of_another_site_can_read_nothing(browser, gateway):
    gateway.clock("12:30:00")
    with browser.tab() as tab:
        tab.go("https://www.example.org/")
        read = f"fetch('{HOME}/records', {{credentials: 'include'}}).then(r => r.text())"
        assert tab.run(f"{read}.catch(() => 'nothing')") == "nothing"
