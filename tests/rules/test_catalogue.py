"""The shipped platforms: well formed, recognised, and nobody else's."""

# ruff: noqa: SIM905 - long tables of names are read and reviewed as words

from pathlib import Path

import pytest

from breaktime.config import positions
from breaktime.config.platform_file import Category, PlatformFile
from breaktime.core.names import normal_name
from breaktime.core.platforms import Role
from breaktime.core.what import Catalogue, describe
from tricks import TRICKS

RULES = Path(__file__).parents[2] / "rules"
FILES = {
    file.stem: PlatformFile.model_validate(positions.read(file.read_bytes(), file.name).data)
    for file in sorted(RULES.glob("*.yaml"))
}
PLATFORMS = {stem: file.to_platform(stem) for stem, file in FILES.items()}
CATALOGUE = Catalogue(PLATFORMS.values())

MATTER_MOST = """
facebook messenger instagram threads whatsapp x bluesky mastodon tiktok snapchat pinterest reddit
tumblr linkedin youtube twitch kick discord telegram signal viber line wechat vk quora medium
substack nextdoor tinder bumble
""".split()

SHARED = """
akamai.net akamaiedge.net akamaized.net akamaihd.net edgesuite.net edgekey.net cloudfront.net
amazonaws.com awsglobalaccelerator.com fastly.net fastlylb.net cloudflare.com cloudflare.net
cdnjs.cloudflare.com azureedge.net azurefd.net trafficmanager.net msedge.net googleapis.com
gstatic.com googleusercontent.com ggpht.com gvt1.com appspot.com storage.googleapis.com 1e100.net
l.google.com google.com jsdelivr.net unpkg.com jquery.com bootstrapcdn.com live-video.net app.link
onelink.me branch.io adjust.com appsflyersdk.com wixmp.com wixstatic.com sendbird.com agora.io
twilio.com gtimg.com gtimg.cn qpic.cn myqcloud.com alicdn.com bdstatic.com pstatic.net
kakaocdn.net arkoselabs.com hcaptcha.com recaptcha.net wp.com gravatar.com sharethis.com
addthis.com addtoany.com byteoversea.com ibyteimg.com ibytedtos.com snssdk.com bytedance.com
qq.com naver.jp mail.ru yandex.ru
""".split()

PUBLIC_SUFFIXES = """
com net org io me co tv app dev ly be it at us uk in info biz social cloud art zone
co.uk org.uk gov.uk ac.uk nhs.uk police.uk sch.uk com.au com.br com.cn com.tr co.jp co.in co.kr
co.nz co.at com.mx com.bo com.ec com.pe com.py com.uy com.vn eu.org github.io gitlab.io pages.dev
workers.dev appspot.com web.app firebaseapp.com herokuapp.com netlify.app vercel.app
blogspot.com surge.sh s3.amazonaws.com cloudfront.net azurewebsites.net translate.goog
""".split()

# Below these a host is listed only if it carries the platform's name: it is then nobody else's.
BEHIND_THE_SCENES = (".fastly.net", ".edgesuite.net", ".edgekey.net", ".cdn.cloudflare.net")

# fmt: off
EXAMPLES = [
    ("https://www.facebook.com/marketplace/item/5521", "facebook", "web"),
    ("https://www.instagram.com/explore/", "instagram", "web"),
    ("https://www.tiktok.com/@someone/video/7312345678901234567", "tiktok", "web"),
    ("https://www.twitch.tv/directory", "twitch", "web"),
    ("https://kick.com/some_streamer", "kick", "web"),
    ("https://www.dailymotion.com/gb", "dailymotion", "web"),
    ("https://www.facebook.com/AcmeWidgetsFanClub", "facebook", "web"),
    ("https://mbasic.facebook.com/messages/", "facebook", "web"),
    ("https://clips.twitch.tv/FunnyClipName", "twitch", "web"),
    ("https://video-lcy1-2.xx.fbcdn.net/o1/v/t2/f2/m69/a.mp4", "facebook", "cdn"),
    ("https://abs.twimg.com/responsive-web/client-web/main.js", "x", "cdn"),
    ("https://lf16-tiktok-web.ttwstatic.com/obj/main.js", "tiktok", "cdn"),
    ("https://www.redditstatic.com/shreddit/en-US/shell.css", "reddit", "cdn"),
    ("https://live.staticflickr.com/65535/5_b.jpg", "flickr", "cdn"),
    ("https://api.twitter.com/1.1/statuses/home_timeline.json", "x", "api"),
    ("https://api.pinterest.com/v5/pins", "pinterest", "api"),
    ("https://edge-chat.messenger.com/chat?sid=1", "messenger", "api"),
    ("https://fb.watch/abc123/", "facebook", "short"),
    ("https://redd.it/1abcde", "reddit", "short"),
    ("https://out.reddit.com/t3_1abc?url=https%3A%2F%2Fwww.bbc.co.uk", "reddit", "wrapper"),
    ("https://t.umblr.com/redirect?z=https%3A%2F%2Fshop.example", "tumblr", "wrapper"),
    ("https://x.com#top", "x", "web"),
    ("https://Web.WhatsApp.COM/", "whatsapp", "web"),
    ("https://twitter.com//BBCNews", "x", "web"),
    ("HTTPS://INSTAGRAM.COM:443/", "instagram", "web"),
    ("https://www-tiktok-com.translate.goog/@someone?_x_tr_tl=en", "tiktok", "mirror"),
    ("https://web.archive.org/web/2023/https://twitter.com/BBCNews", "x", "mirror"),
    ("http://149.154.175.50:80/api", "telegram", "api"),
    ("https://91.108.4.200/", "telegram", "api"),
    ("https://vxtwitter.com/BBCNews/status/1", "x", "mirror"),
    ("https://inv.nadeko.net/watch?v=abc", "youtube", "mirror"),
    ("https://imginn.com/someone/", "instagram", "mirror"),
    ("https://quetre.iket.me/What-is-a-lathe", "quora", "mirror"),
    ("https://m.facebook.com/v21.0/dialog/oauth?client_id=1", "facebook", "login"),
    ("https://www.pinterest.com/oauth/?client_id=1", "pinterest", "login"),
    ("https://www.facebook.com/v19.0/plugins/like.php?href=shop.example", "facebook", "embed"),
    ("https://platform.x.com/embed/Tweet.html?id=1", "x", "embed"),
    ("https://www.tiktok.com/player/v1/6718335390845095173", "tiktok", "embed"),
    ("https://t.me/durov/68?embed=1&mode=tme", "telegram", "web"),
    ("https://ct.pinterest.com/v3/?tid=1&event=pagevisit", "pinterest", "pixel"),
    ("https://sc-static.net/scevent.min.js", "snapchat", "pixel"),
    ("https://www.facebook.com/AcmeWidgets/", "facebook", "web"),
    ("https://x.com/AcmeWidgets", "x", "web"),
    ("https://www.linkedin.com/company/acme-widgets/posts/", "linkedin", "web"),
    ("https://www.youtube.com/@acmewidgets/streams", "youtube", "web"),
    ("https://www.instagram.com/acmewidgets/p/Cabc123/", "instagram", "web"),
    ("https://www.instagram.com/oauth/authorize?client_id=1", "instagram", "login"),
    ("https://www.threads.net/@exampleshire", "threads", "web"),
    ("https://www.threads.com/oauth/authorize?client_id=1", "threads", "login"),
    ("https://web.whatsapp.com/", "whatsapp", "web"),
    ("https://wa.me/441632960000", "whatsapp", "short"),
    ("https://mmg.whatsapp.net/v/t62", "whatsapp", "cdn"),
    ("https://x.com/i/oauth2/authorize?client_id=1", "x", "login"),
    ("https://api.x.com/oauth/authorize?oauth_token=1", "x", "login"),
    ("https://t.co/i/adsct?type=image", "x", "pixel"),
    ("https://t.co/abc", "x", "wrapper"),
    ("https://bsky.app/profile/exampleshire.example", "bluesky", "web"),
    ("https://bsky.social/oauth/authorize", "bluesky", "login"),
    ("https://bsky.social/xrpc/app.bsky.feed.getTimeline", "bluesky", "api"),
    ("https://mastodon.social/@someone", "mastodon", "web"),
    ("https://mastodon.social/oauth/authorize", "mastodon", "login"),
    ("https://toot.wales/public", "mastodon", "web"),
    ("https://files.mastodon.social/a.png", "mastodon", "cdn"),
    ("https://www.tiktok.com/v2/auth/authorize/?client_key=1", "tiktok", "login"),
    ("https://vm.tiktok.com/abc/", "tiktok", "short"),
    ("https://www.snapchat.com/spotlight/abc", "snapchat", "web"),
    ("https://accounts.snapchat.com/accounts/oauth2/auth", "snapchat", "login"),
    ("https://i.pinimg.com/a.jpg", "pinterest", "cdn"),
    ("https://s.pinimg.com/ct/core.js", "pinterest", "pixel"),
    ("https://uk.pinterest.com/pin/1/", "pinterest", "web"),
    ("https://www.reddit.com/r/all", "reddit", "web"),
    ("https://www.reddit.com/api/v1/authorize?client_id=1", "reddit", "login"),
    ("https://www.redditstatic.com/ads/pixel.js", "reddit", "pixel"),
    ("https://exampleblog.tumblr.com/", "tumblr", "web"),
    ("https://www.linkedin.com/feed/", "linkedin", "web"),
    ("https://www.linkedin.com/oauth/v2/authorization?client_id=1", "linkedin", "login"),
    ("https://px.ads.linkedin.com/collect", "linkedin", "pixel"),
    ("https://lnkd.in/abc", "linkedin", "wrapper"),
    ("https://www.youtube.com/watch?v=abc", "youtube", "web"),
    ("https://www.youtube.com/embed/abc", "youtube", "embed"),
    ("https://www.youtube-nocookie.com/embed/abc", "youtube", "embed"),
    ("https://i.ytimg.com/vi/abc/hq.jpg", "youtube", "cdn"),
    ("https://youtubei.googleapis.com/youtubei/v1/player", "youtube", "api"),
    ("https://clips.twitch.tv/embed?clip=abc", "twitch", "embed"),
    ("https://id.twitch.tv/oauth2/authorize", "twitch", "login"),
    ("https://player.kick.com/someone", "kick", "embed"),
    ("https://discord.com/channels/@me", "discord", "web"),
    ("https://discord.com/oauth2/authorize?client_id=1", "discord", "login"),
    ("https://discord.gg/abc", "discord", "short"),
    ("https://cdn.discordapp.com/a.png", "discord", "cdn"),
    ("https://web.telegram.org/k/", "telegram", "web"),
    ("https://t.me/s/exampleshire", "telegram", "web"),
    ("https://oauth.telegram.org/auth", "telegram", "login"),
    ("https://signal.group/#abc", "signal", "short"),
    ("https://chat.signal.org/v1/websocket/", "signal", "api"),
    ("https://www.viber.com/", "viber", "web"),
    ("https://access.line.me/oauth2/v2.1/authorize", "line", "login"),
    ("https://web.wechat.com/", "wechat", "web"),
    ("https://open.weixin.qq.com/connect/qrconnect", "wechat", "login"),
    ("https://vk.com/club1", "vk", "web"),
    ("https://oauth.vk.com/authorize", "vk", "login"),
    ("https://vk.com/away.php?to=https%3A%2F%2Fshop.example", "vk", "wrapper"),
    ("https://www.quora.com/What-is-a-lathe", "quora", "web"),
    ("https://medium.com/@someone/a-story-1", "medium", "web"),
    ("https://someone.medium.com/", "medium", "web"),
    ("https://someone.substack.com/p/a-letter", "substack", "web"),
    ("https://nextdoor.co.uk/news_feed/", "nextdoor", "web"),
    ("https://tinder.com/app/recs", "tinder", "web"),
    ("https://bumble.com/app", "bumble", "web"),
    ("https://www.messenger.com/t/1", "messenger", "web"),
    ("https://edge-chat.facebook.com/mqtt", "messenger", "api"),
    ("https://connect.facebook.net/en_GB/sdk.js", "facebook", "embed"),
    ("https://connect.facebook.net/en_GB/fbevents.js", "facebook", "pixel"),
    ("https://www.facebook.com/tr/?id=1", "facebook", "pixel"),
    ("https://157.240.0.35/", "facebook", "api"),
    ("https://[2a03:2880:f12f:83:face:b00c:0:25de]/", "facebook", "api"),
    ("https://93.186.225.1/", "vk", "api"),
    ("https://104.244.42.1/", "x", "api"),
]

INNOCENTS = """
nottiktok.com x.com.evil.example netflix.com fox.com www.linux.com www.max.com wix.com dropbox.com
instagram.com.evil.example www.tiktok.com.promo.example linkedin.example www.signalfire.com
blast.fm myfacebook.example facebook.com.example thefacebookbook.example fakebook.com
facebookcorewwwi.example notfb.com xfb.me mt.co not-t.co at.me kit.co it.me tt.me goat.me
pinterest.com.example mypinterest.example redditch.gov.uk www.redditchbc.gov.uk unreddit.example
instagramy.example telegraph.co.uk www.telegraph.co.uk telegramstar.co.uk discordia.example
twitchy.com kickstarter.com www.kickstarter.com kickers.co.uk sidekick.com stick.com line.example
skyline.me online.me borderline.me offline.me signal.example trafficsignal.me threadsoflife.co.uk
snapfish.co.uk www.snap-on.example bumblebee.org bumblebeeconservation.org tinderbox.com
substackers.example mediumrare.com medium.example vk.example devk.com okvk.com quorum.us
youtubers.example notyoutube.com youtu.be.example viberate.com.example weixin.example
messenger.example passenger.com nextdoorhousing.example nextdoor.example mastodon.example
linkedin.com.evil.example whatsapp.com.evil.example tumblr.com.example flickr.com.example
www.theguardian.com www.bbc.co.uk www.bbc.com www.independent.co.uk www.thetimes.com www.ft.com
www.dailymail.co.uk www.mirror.co.uk www.thesun.co.uk inews.co.uk news.sky.com www.itv.com
www.channel4.com www.economist.com www.nytimes.com www.lemonde.fr www.spiegel.de www.reuters.com
apnews.com www.scotsman.com www.walesonline.co.uk www.lgcplus.com www.communitycare.co.uk
www.gov.uk assets.publishing.service.gov.uk www.nhs.uk 111.nhs.uk www.police.uk
www.legislation.gov.uk www.parliament.uk www.ons.gov.uk www.planningportal.co.uk www.hmrc.gov.uk
www.acas.org.uk
www.unison.org.uk www.samaritans.org www.citizensadvice.org.uk www.childline.org.uk
www.refuge.org.uk www.metoffice.gov.uk www.ordnancesurvey.co.uk social.bund.de social.overheid.nl
ec.social-network.europa.eu www.barclays.co.uk www.hsbc.co.uk www.lloydsbank.com www.natwest.com
www.nationwide.co.uk www.santander.co.uk monzo.com www.starlingbank.com www.paypal.com stripe.com
www.tesco.com www.amazon.co.uk www.ebay.co.uk www.johnlewis.com www.royalmail.com
www.nationalrail.co.uk tfl.gov.uk www.thetrainline.com www.openstreetmap.org en.wikipedia.org
gitlab.com github.com api.github.com stackoverflow.com slack.com app.slack.com teams.microsoft.com
zoom.us www.office.com outlook.office365.com login.live.com login.microsoftonline.com
sharepoint.com onedrive.live.com accounts.google.com www.google.com drive.google.com mail.google.com
docs.google.com play.google.com photos.google.com www.bing.com duckduckgo.com work.weixin.qq.com
www.larksuite.com www.qq.com v.qq.com news.qq.com mail.qq.com www.naver.com www.mail.ru
news.mail.ru www.yandex.ru
fonts.gstatic.com fonts.googleapis.com ajax.googleapis.com storage.googleapis.com
lh3.googleusercontent.com lh3.ggpht.com play-lh.googleusercontent.com www.googletagmanager.com
e1234.a.akamaiedge.net example.akamaized.net example.akamaihd.net d111111abcdef8.cloudfront.net
s3.amazonaws.com example.s3.amazonaws.com example.fastly.net cdnjs.cloudflare.com
example.appspot.com cdn.jsdelivr.net unpkg.com code.jquery.com maxcdn.bootstrapcdn.com
l-0005.l-msedge.net ln-0002.ln-msedge.net example.azureedge.net example.live-video.net
example.app.link secure.gravatar.com i0.wp.com js.hcaptcha.com www.recaptcha.net s7.addthis.com
static.addtoany.com media.giphy.com media.tenor.com react.dev rocksdb.org pytorch.org
www.bytedance.com p16.ibyteimg.com www.capcut.com grok.com x.ai meta.ai www.meta.com
www.workplace.com www-theguardian-com.translate.goog translate.google.com web.archive.org
archive.ph 1.1.1.1 8.8.8.8 10.0.0.1 192.168.1.1 127.0.0.1 13.107.42.14 95.213.1.1 147.75.208.1
3.33.221.48 ::1 2606:4700:4700::1111 localhost intranet intranet.exampleshire.gov.uk
""".split()

INNOCENT_ADDRESSES = [
    "https://linkedin.com@evil.example/",
    "https://www.theguardian.com/technology/facebook",
    "https://example.com/share?url=https://x.com",
    "https://www.bing.com/search?q=instagram",
    "https://example.com/youtube.com/",
    "https://news.example/story?ref=t.co",
    "https://www-theguardian-com.translate.goog/uk?_x_tr_tl=es",
    "https://web.archive.org/web/2023/https://www.bbc.co.uk/news/x.com",
    "mailto:someone@facebook.com",
]

PAGES = [
    ("facebook.com/ExampleshireCouncil", ("facebook", "exampleshirecouncil")),
    ("https://m.facebook.com/pg/Exampleshire.Council/about", ("facebook", "exampleshirecouncil")),
    ("facebook.com/groups/exampleshire-foster-carers",
     ("facebook", "groups/exampleshire-foster-carers")),
    ("facebook.com/profile.php?id=100064000000000", ("facebook", "id=100064000000000")),
    ("facebook.com/login/?next=/ExampleshireCouncil", None),
    ("facebook.com/groups/feed", None),
    ("instagram.com/exampleshire/", ("instagram", "exampleshire")),
    ("instagram.com/stories/exampleshire/123", ("instagram", "exampleshire")),
    ("instagram.com/stories/highlights/123", None),
    ("instagram.com/p/Cabc", None),
    ("threads.net/@exampleshire", ("threads", "@exampleshire")),
    ("x.com/Exampleshire", ("x", "exampleshire")),
    ("twitter.com//Exampleshire/status/1", None),  # `//host/path` to some servers
    ("x.com/i/status/1", None),
    ("x.com/search?q=exampleshire", None),
    ("bsky.app/profile/exampleshire.gov.uk", ("bluesky", "profile/exampleshire.gov.uk")),
    ("mastodon.social/@exampleshire", ("mastodon", "mastodon.social/@exampleshire")),
    ("mastodon.social/users/exampleshire", ("mastodon", "mastodon.social/@exampleshire")),
    ("mastodon.social/@someone@elsewhere.example", None),
    ("tiktok.com/@exampleshire/video/1", ("tiktok", "@exampleshire")),
    ("tiktok.com/foryou", None),
    ("youtube.com/@X", ("youtube", "@x")),
    ("youtube.com/channel/UCabc/videos", ("youtube", "channel/ucabc")),
    ("youtube.com/watch?v=Abc", ("youtube", "v=Abc")),
    ("youtube.com/shorts/abc", None),
    ("linkedin.com/company/Exampleshire/posts", ("linkedin", "company/exampleshire")),
    ("linkedin.com/feed", None),
    ("reddit.com/r/Exampleshire/", ("reddit", "r/exampleshire")),
    ("reddit.com/r/exampleshire+funny", None),
    ("reddit.com/r/all", None),
    ("pinterest.co.uk/exampleshire/_created", ("pinterest", "exampleshire")),
    ("pinterest.co.uk/pin/1", None),
    ("snapchat.com/add/exampleshire", ("snapchat", "@exampleshire")),
    ("t.me/s/exampleshire", ("telegram", "exampleshire")),
    ("t.me/+abc", None),
    ("t.me/joinchat/abc", None),
    ("line.me/R/ti/p/@exampleshire", ("line", "r/ti/p/@exampleshire")),
    ("nextdoor.co.uk/pages/exampleshire", ("nextdoor", "pages/exampleshire")),
]
# fmt: on

EACH_FILE = pytest.mark.parametrize("stem", FILES)


def test_the_platforms_that_matter_most_are_here():
    assert set(MATTER_MOST) <= set(FILES)


@EACH_FILE
def test_the_id_is_the_stem_in_kebab_case(stem):
    assert PLATFORMS[stem].id == stem == stem.lower()
    assert stem.replace("-", "").isalnum()
    assert FILES[stem].category in Category


@EACH_FILE
def test_names_are_as_matched_and_sorted(stem):
    for role in Role:
        names = getattr(FILES[stem].domains, role.value)
        assert list(names) == sorted(set(names)), role
        assert all(normal_name(name) == name for name in names)


@EACH_FILE
def test_no_name_repeats_what_a_name_above_it_says(stem):
    """A longer name has another role, a path of its own, or lies below another platform's."""
    domains = PLATFORMS[stem].domains
    platform = PLATFORMS[stem]
    calls = FILES[stem].helpers.calls
    with_paths = {at.name for at in platform.paths} | {call.partition("/")[0] for call in calls}
    for name, role in domains.items():
        above = name.partition(".")[2]
        while above and above not in domains:
            above = above.partition(".")[2]
        assert domains.get(above) is not role or name in with_paths, name


@EACH_FILE
def test_sources_are_named_and_explained(stem):
    explained = (RULES / "README.md").read_text(encoding="utf-8")
    sources = FILES[stem].sources
    assert list(sources) == sorted(set(sources))
    assert all(f"`{source}`" in explained for source in sources)
    assert not {"disconnect", "duckduckgo"} & set(sources)


@EACH_FILE
def test_no_shared_infrastructure_and_no_public_suffix(stem):
    domains = PLATFORMS[stem].domains
    for name in domains:
        for kept in (*SHARED, *PUBLIC_SUFFIXES):
            assert not f".{kept}".endswith("." + name), f"{name} would match {kept}"
        if name.endswith(BEHIND_THE_SCENES):
            elsewhere = [each for each in domains if not each.endswith(BEHIND_THE_SCENES)]
            own = {stem, *(each.split(".")[-2] for each in elsewhere)}
            assert any(word in name for word in own), name


def test_no_name_network_or_alias_is_in_two_files():
    for column in ("domains", "networks", "aliases"):
        owners = {}
        for platform in PLATFORMS.values():
            for entry in getattr(platform, column):
                assert owners.setdefault(entry, platform.id) == platform.id, entry
    names = {platform.name.lower() for platform in PLATFORMS.values()} | set(PLATFORMS)
    for platform in PLATFORMS.values():
        others = names - {platform.id, platform.name.lower()}
        assert not others & {alias.lower() for alias in platform.aliases}


@EACH_FILE
def test_every_listed_name_is_recognised_with_its_role(stem):
    for name, role in PLATFORMS[stem].domains.items():
        for host in (name, f"sub-1.{name}"):
            match = CATALOGUE.match(host, "/-")  # not the first page: some are wrappers
            assert match is not None
            assert (match.platform, match.role) == (stem, role) or match.name == host


@pytest.mark.parametrize(("address", "platform", "role"), EXAMPLES)
def test_an_example_is_recognised(address, platform, role):
    assert describe(CATALOGUE, address) == (platform, role)


@pytest.mark.parametrize("name", INNOCENTS)
def test_an_innocent_name_matches_nothing(name):
    assert normal_name(name) == name
    assert CATALOGUE.match(name) is None


@pytest.mark.parametrize("address", INNOCENT_ADDRESSES)
def test_an_innocent_address_matches_nothing(address):
    assert describe(CATALOGUE, address) == ("-", "-")


def test_there_are_enough_innocents():
    assert len(set(INNOCENTS)) == len(INNOCENTS) >= 150


@pytest.mark.parametrize(("address", "expected"), PAGES)
def test_an_own_page_is_read_from_its_address(address, expected):
    assert CATALOGUE.page_address(address) == expected


def test_the_order_of_the_files_makes_no_difference():
    backwards = Catalogue(reversed(PLATFORMS.values()))
    for address, platform, role in EXAMPLES:
        assert describe(backwards, address) == (platform, role)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(
    ("platform", "page"),
    [
        ("facebook", "/ExampleshireCouncil"),
        ("facebook", "/groups/exampleshire-foster-carers"),
        ("x", "/Exampleshire"),
        ("youtube", "/@Exampleshire"),
        ("linkedin", "/company/exampleshire"),
    ],
)
def test_no_trick_leads_from_an_own_page_to_another(platform, page, trick):
    assert PLATFORMS[platform].page_of(page, {}) is not None
    assert PLATFORMS[platform].page_of(f"{page}{trick}groups/x", {}) is None
