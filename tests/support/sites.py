"""
A small internet for a real browser: a social site, and sites that have something of it.

Sociable is `sociable.example`: pages, calls below `/api`, plugins, a log-in, pictures on another
host. News and a shop are none of the gateway's business.
"""

import ssl
from pathlib import Path

from support.origin import CountingOrigin

SOCIABLE = """
name: Sociable
category: social-network
domains:
  web: [sociable.example]
  cdn: [sociablecdn.example]
  embed: [connect.sociable.example]
paths:
  login: [/dialog/oauth]
  embed: [/plugins/*]
  pixel: [/tr]
pages:
  shapes: ["/{page}"]
  reserved: [api, dialog, feed, login, plugins, tr]
helpers: {paths: [/api/graphql], embeds: [/api/likes]}
login_forms: {/login: [next]}
sources: [tests]
"""

SITE, NEWS, SHOP = "www.sociable.example", "news.example", "shop.example"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'

_LINKS = '<a id="feed" href="/feed">feed</a> <a id="other" href="/Someone">someone</a>'
_SPECULATION = """<script type="speculationrules">{
  "prefetch": [{"source": "list", "urls": ["/fetched-ahead"], "eagerness": "immediate"}],
  "prerender": [{"source": "list", "urls": ["/rendered-ahead"], "eagerness": "immediate"}]
}</script><a id="fetched" href="/fetched-ahead">fetched</a>"""

ICON = '<link rel="icon" href="data:,">'
"""Else a browser asks for one when it likes, or never."""

HTML, SCRIPT, SVG, JSON = "text/html", "text/javascript", "image/svg+xml", "application/json"

# fmt: off
ANSWERS: dict[tuple[str, str], tuple[str, str]] = {
    (SITE, "/"): (HTML, f"home {_LINKS}"),
    (SITE, "/feed"): (HTML, "feed"),
    (SITE, "/Someone"): (HTML, "someone"),
    (SITE, "/Shire"): (HTML, f"""shire {_LINKS}
        <link rel="stylesheet" href="https://static.sociablecdn.example/shire.css">
        <img id="picture" src="https://static.sociablecdn.example/shire.svg">
        <script src="https://static.sociablecdn.example/shire.js"></script>"""),
    ("static.sociablecdn.example", "/shire.css"): ("text/css", "body { color: rgb(1, 2, 3) }"),
    ("static.sociablecdn.example", "/shire.svg"): (SVG, PICTURE),
    ("static.sociablecdn.example", "/story.svg"): (SVG, PICTURE),
    ("static.sociablecdn.example", "/shire.js"): (SCRIPT,
        "window.ready = fetch('/api/graphql').then(answer => answer.text())"),
    (SITE, "/api/graphql"): (JSON, '{"posts": 3}'),
    (SITE, "/api/inbox"): (JSON, '{"messages": 1}'),
    (SITE, "/api/poll"): (JSON, "{}"),
    (SITE, "/app"): (HTML, "app <p id=now></p>"),
    (SITE, "/many"): (HTML, """many <script>window.loaded = 0;
        for (let number = 0; number < 200; number++)
            fetch(`/api/poll?${number}`).then(answer => { window.loaded += answer.ok });
        </script>"""),
    (SITE, "/ahead"): (HTML, f"before {_SPECULATION}"),
    (SITE, "/fetched-ahead"): (HTML, "fetched"),
    (SITE, "/rendered-ahead"): (HTML, "rendered"),
    (SITE, "/worked"): (HTML, "worked"),
    (SITE, "/worker.js"): (SCRIPT, """
        addEventListener('install', event => event.waitUntil(skipWaiting()));
        addEventListener('activate', event => event.waitUntil(
            clients.claim().then(() => fetch('/api/poll'))));
        addEventListener('fetch', event => event.respondWith(fetch(event.request)));"""),
    (SITE, "/plugins/page"): (HTML, """plugin
        <img src="https://static.sociablecdn.example/shire.svg">
        <script>fetch('/api/graphql').then(answer => answer.text()).then(text => {
            window.feed = text });
            fetch('/api/likes').then(answer => answer.text()).then(text => {
            parent.postMessage(text, '*') })</script>"""),
    (SITE, "/api/likes"): (JSON, '{"likes": 2}'),
    ("connect.sociable.example", "/sdk.js"): (SCRIPT, "window.sdk = 'loaded'"),
    (SITE, "/tr"): (SVG, PICTURE),
    (NEWS, "/"): (HTML, f"""news
        <script>window.told = new Promise(done => addEventListener('message', e => done(e.data)))
        </script>
        <script src="https://connect.sociable.example/sdk.js"></script>
        <img id="pixel" src="https://{SITE}/tr?id=1">
        <img id="story" src="https://static.sociablecdn.example/story.svg">
        <iframe id="plugin" src="https://{SITE}/plugins/page"></iframe>
        <a id="player" href="https://{SITE}/plugins/page">open</a>"""),
    (NEWS, "/door"): (HTML, f"""door <iframe src="https://{SITE}/feed"></iframe>"""),
    (SHOP, "/"): (HTML, f"""shop
        <a id="login" href="https://{SITE}/dialog/oauth?client=shop">log in</a>"""),
    (SHOP, "/back"): (HTML, "welcome back"),
    (SITE, "/login"): (HTML, """password
        <form method="post"><button id="send">send</button></form>"""),
}
# fmt: on


class Sites(CountingOrigin):
    """
    Answers as the table says; log-ins lead over the password form and back.

    Fields:
        leaves: certificates of the sites that the gateway does not open, as PEM.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.leaves = []
        for name in (NEWS, SHOP):
            leaf = self._authority.issue_cert(name)
            self.leaves.append(leaf.cert_chain_pems[0].bytes())
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            leaf.configure_cert(context)
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[name] = context

    async def _answer(self, writer, host: str, method: str, target: str, body: int) -> None:
        path = target.partition("?")[0]
        location = ""
        if (host, path) == (SITE, "/dialog/oauth"):
            back = f"/login?next=https%3A%2F%2F{SITE}%2Fdialog%2Foauth%3Fdone%3D1"
            location = f"https://{SHOP}/back?code=1" if "done" in target else back
        elif (host, path, method) == (SITE, "/login", "POST"):
            location = f"https://{SITE}/dialog/oauth?done=1"
        kind, text = ANSWERS.get((host, path), ("", ""))
        text = ICON + text if kind == HTML else text
        status = "302 Found" if location else "200 OK" if kind else "404 Not Found"
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {kind or 'text/plain'}; charset=utf-8\r\n"
            f"Content-Length: {len(text.encode())}\r\nCache-Control: no-store\r\n"
        )
        if location:
            head += f"Location: {location}\r\n"
        writer.write(head.encode() + b"\r\n" + (b"" if method == "HEAD" else text.encode()))
        await writer.drain()
