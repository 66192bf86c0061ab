"""Whose page is shown: by translators, caches and archives, however the address is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.copies import (
    _DECODED,
    COPIERS,
    Shown,
    _decodings,
    copier_of,
    recorded_path,
    shown_by,
)
from breaktime.core.names import normal_name, query_values, split_address
from breaktime.core.paths import sanitise_path

# fmt: off
SHOWN = [
    # translators
    ("www-tiktok-com.translate.goog/@x?_x_tr_sl=en", "www.tiktok.com/@x"),
    ("my--site-example.translate.goog", "my-site.example/"),
    ("book-com.translate.goog/x?_x_tr_hp=www-face", "www.facebook.com/x"),
    ("1-x-com.translate.goog/?_x_tr_enc=1", "1.x.com/ x.com/"),
    ("0-mnchen--3ya-example.translate.goog", "0.mnchen-3ya.example/ xn--mnchen-3ya.example/"),
    ("translate.goog/x", ""),
    ("translate.google.co.uk/translate?sl=en&u=https%3A%2F%2Fx.com%2Fy", "x.com/y"),
    ("translate.google.com/?sl=en&tl=de&text=facebook.com", ""),
    ("www.translatetheweb.com/?from=&to=en&a=https://x.com/y", "x.com/y"),
    ("www.translatetheweb.com/?a=https://a.example&a=https://x.com", "a.example/ x.com/"),
    ("www.translatetheweb.com/?A=x.com", "x.com/"),
    ("translated.turbopages.org/proxy_u/en-ru.ru.1a-2b/https/x.com/y", "x.com/y"),
    ("lenta-ru.turbopages.org/lenta.ru/s/news/", "lenta.ru/lenta.ru/s/news/ lenta.ru/s/news/"),
    ("translate.yandex.com/translate?lang=en-ru&url=x.com", "x.com/"),
    ("fanyi.baidu.com/transpage?query=https%3A%2F%2Fx.com&source=url", "x.com/"),
    ("papago.naver.net/website?source=en&target=ko&url=x.com/y", "x.com/y"),
    # caches
    ("www-reddit-com.cdn.ampproject.org/c/s/www.reddit.com/r/x",
     "www.reddit.com/c/s/www.reddit.com/r/x www.reddit.com/r/x"),
    ("www-reddit-com.www.bing-amp.com/c/s/www.reddit.com/", "www.reddit.com/c/s/www.reddit.com/ www.reddit.com/"),  # noqa: E501  a table
    ("cdn.ampproject.org/v0.js", ""),
    ("www.google.co.uk/amp/s/www.reddit.com/r/x", "www.reddit.com/r/x"),
    ("www.google.com/search?q=x.com", ""),
    ("webcache.googleusercontent.com/search?q=cache:x.com/y", "x.com/y"),
    ("webcache.googleusercontent.com/search?q=cache:AbC_-1234567:https://x.com/y+words", "x.com/y"),
    ("cc.bingj.com/cache.aspx?q=url:x.com&d=1&w=2", "x.com/"),
    ("cc.bingj.com/cache.aspx?q=some+words&d=1", ""),
    ("yandexwebcache.net/yandbtm?fmode=inject&url=https%3A//x.com/y", "x.com/y"),
    # archives
    ("web.archive.org/web/2023/https://x.com/y?z=1", "x.com/y"),
    ("web.archive.org/web/20230101000000id_/http://x.com/", "x.com/"),
    ("web.archive.org/web/2023/https:/x.com/y", "x.com/y"),
    ("web.archive.org/web/*/x.com", "x.com/"),
    ("web.archive.org/web/2023*/x.com", "x.com/"),
    ("web.archive.org/web/if_/x.com/y", "x.com/y"),
    ("web.archive.org/web/x.com", "x.com/"),
    ("web.archive.org//web//2023//x.com/y", "x.com/y"),
    ("web.archive.org/web/2023/https%3A%2F%2Fx.com%2Fy", "x.com/y"),
    ("web.archive.org/web/2023/https%253A%252F%252Fx.com", "x.com/"),
    ("web.archive.org/web/2023/HTTPS:\\\\X.COM\\y", "x.com/y"),
    ("web.archive.org/web/2023/https://me:word@%EF%BD%98.com./", "x.com/"),
    ("web.archive.org/./x/../web/2023/x.com", "x.com/"),
    ("web.archive.org/save/x.com", "x.com/"),
    ("web.archive.org/web/2023/https://www.bbc.co.uk/news/x.com", "www.bbc.co.uk/news/x.com"),
    ("web.archive.org/", ""),
    ("archive.ph/newest/https%3A%2F%2Fx.com%2Fy", "x.com/y"),
    ("archive.ph/2023.11.12-131415/https://x.com", "x.com/"),
    ("archive.is/o/AbC12/https://x.com/y", "x.com/y"),
    ("archive.today/x.com", "x.com/"),
    ("archive.ph/?run=1&url=https://x.com", "x.com/"),
    ("archive.ph/AbC12", ""),
    # text mirrors
    ("r.jina.ai/https://x.com/y", "x.com/y"),
    ("r.jina.ai/x.com", "x.com/"),
    ("12ft.io/proxy?q=x.com", "x.com/"),
    ("12ft.io/https://x.com", "x.com/"),
    ("www.textise.net/showText.aspx?strURL=https%253A%252F%252Fx.com", "x.com/"),
    # nobody's copy
    ("example.com/https://x.com", ""),
    ("a.example/?u=https://x.com", ""),
    ("nottranslate.goog/?u=x.com", ""),
    ("1.2.3.4/https://x.com", ""),
]

RECORDED = [
    ("/web/2023/https:/x.com/y", ("/web/2023/https:/x.com/y", False)),
    ("/web/2023/https%3A%2F%2Fx.com%2Fsearch%3Fq%3Dsecret", ("/web/2023/https%3A%2F%2Fx.com%2Fsearch", True)),  # noqa: E501  a table
    ("/https%253A%252F%252Fx.com%253Fq%253Dsecret", ("/https%253A%252F%252Fx.com", True)),
    ("/web/2023/https:/me:word@x.com/y", ("/web/2023/https:/x.com/y", False)),
    ("/https:/me%40x.com/y", ("/https:/x.com/y", False)),
    ("/web/2023/https:/x.com/@name", ("/web/2023/https:/x.com/@name", False)),
]
# fmt: on


def shown(text):
    host, path, query = split_address(text)
    return shown_by(Shown(host or "", path, query_values(query)))


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_a_copy_shows_the_address_inside(text, expected):
    assert [each.host + each.path for each in shown(text)] == expected.split()


def test_the_query_around_a_copy_is_the_page_s_own():
    (inside,) = shown("web.archive.org/web/2023/https://x.com/y?id=1")
    assert inside.values == (("id", "1"),)
    (inside,) = shown("12ft.io/proxy?q=https%3A%2F%2Fx.com%2Fy%3Fid%3D1&other=2")
    assert inside.values == (("id", "1"),)


@pytest.mark.parametrize("copier", COPIERS, ids=lambda copier: copier.host)
def test_a_copier_is_one_normal_name_that_shows_something(copier):
    assert normal_name(copier.host) == copier.host
    assert copier.label or copier.path or copier.parameters
    assert all(name == name.lower() for name in copier.parameters)
    assert copier_of("www." + copier.host).host in {copier.host, "www." + copier.host}


def test_no_host_has_two_lines():
    assert len({copier.host for copier in COPIERS}) == len(COPIERS)


@pytest.mark.parametrize("host", ["www.google.com", "www.bing.com", "translate.google.com"])
def test_what_people_type_into_a_search_or_a_translator_is_not_opened_for_copies(host):
    copier = copier_of(host)
    assert copier is None or not copier.opened


@pytest.mark.parametrize(("path", "expected"), RECORDED)
def test_a_query_inside_a_path_is_not_written_down(path, expected):
    assert recorded_path(sanitise_path(path)[0]) == expected


def test_of_a_parameter_given_a_thousand_times_both_ends_are_read():
    query = "&".join(["a=first.example", *(f"a={n}.example" for n in range(999)), "a=last.example"])

    found = [each.host for each in shown(f"translatetheweb.com/?{query}")]

    assert (found[0], found[-1]) == ("first.example", "last.example")
    assert len(found) < 50


HOSTS = st.sampled_from([copier.host for copier in COPIERS])
NEAR = st.text(alphabet="aX.-_:[]@%2eF/,\\\x00\ud800?=&*0", max_size=60)


@given(HOSTS, st.one_of(NEAR, st.text()), st.lists(st.tuples(st.text(), NEAR), max_size=3))
def test_whatever_is_written_what_is_shown_has_a_normal_name(host, path, values):
    for each in shown_by(Shown("a-b." + host, "/" + path, tuple(values))):
        assert normal_name(each.host) == each.host
        assert each.path.startswith("/")


def test_what_was_encoded_again_and_again_is_decoded_so_often_only():
    again_and_again = "%" + "25" * 2 * _DECODED + "41"

    assert len(_decodings(again_and_again)) == _DECODED + 1
    assert _decodings("%2541") == ["%2541", "%41", "A"]
