"""One answer: status, headers, body."""

from breaktime.pages.page import Page, PageKind, content_security_policy, make_page


def test_an_answer_has_its_own_headers_between_length_and_end():
    page = make_page(403, PageKind.IMAGE, b"x", content_type="image/svg+xml", more=(("A", "b"),))

    assert page == Page(
        403,
        (
            ("Content-Type", "image/svg+xml"),
            ("Content-Length", "1"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("A", "b"),
        ),
        b"x",
        PageKind.IMAGE,
    )


def test_an_empty_answer_has_a_length_and_no_type():
    names = [name for name, _ in make_page(403, PageKind.BEACON).headers]

    assert "Content-Type" not in names
    assert ("Content-Length", "0") in make_page(403, PageKind.BEACON).headers


def test_without_its_body_an_answer_keeps_its_headers():
    page = make_page(403, PageKind.IMAGE, b"x")

    assert page.without_body() == Page(403, page.headers, b"", PageKind.IMAGE)


def test_a_document_may_use_its_own_style_and_nothing_else():
    assert content_security_policy("", frames="'none'") == (
        "default-src 'none'; "
        "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
