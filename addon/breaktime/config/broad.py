"""
Broad: names that no platform file may list, because they are everybody's.

Two kinds: endings under which anybody registers names, and the servers that thousands of sites
share. The tables are those that have been taken for a platform's own on public lists; they are no
complete list of either kind, which nobody has.
"""

from typing import Final

_SECOND_LEVELS: Final = frozenset(
    {
        "ac", "asn", "co", "com", "ed", "edu", "gen", "go", "gob", "gouv", "gov", "govt", "health",
        "id", "lg", "ltd", "me", "mil", "mod", "ne", "net", "nhs", "nom", "or", "org", "plc",
        "police", "re", "sch", "school",
    }
)  # fmt: skip
"""Second levels below a country's own ending: `co.uk`, `com.au`, `or.jp`."""

_SHARED: Final = frozenset(
    {
        "1e100.net", "addthis.com", "addtoany.com", "adjust.com", "agora.io", "akadns.net",
        "akamai.net", "akamaiedge.net", "akamaihd.net", "akamaized.net", "alicdn.com",
        "amazonaws.com", "app.link", "appsflyersdk.com", "appspot.com", "arkoselabs.com",
        "awsglobalaccelerator.com", "azureedge.net", "azurefd.net", "azurewebsites.net",
        "b-cdn.net", "baidu.com", "bdstatic.com", "blob.core.windows.net", "blogspot.com",
        "bootstrapcdn.com", "branch.io", "byteoversea.com", "bytedance.com",
        "cdn.ampproject.org", "cdn.cloudflare.net", "cdn77.org", "cdnjs.cloudflare.com",
        "cloudflare.com", "cloudflare.net", "cloudfront.net", "cloudinary.com", "daum.net",
        "doubleclick.net", "edgekey.net", "edgesuite.net", "eu.org", "fastly.net",
        "fastlylb.net", "firebaseapp.com", "firebaseio.com", "freetls.fastly.net", "ggpht.com",
        "ghs.google.com", "giphy.com", "github.com", "github.io", "gitlab.com", "gitlab.io",
        "google.com", "googleapis.com", "googletagmanager.com", "googleusercontent.com",
        "gravatar.com", "gstatic.com", "gtimg.cn", "gtimg.com", "gvt1.com", "hcaptcha.com",
        "herokuapp.com", "hwcdn.net", "ibyteimg.com", "ibytedtos.com", "jquery.com",
        "jsdelivr.net", "kakao.com", "kakaocdn.net", "l.google.com", "live-video.net",
        "live.com", "llnwd.net", "mail.ru", "map.fastly.net", "microsoft.com", "msedge.net",
        "myqcloud.com", "naver.com", "naver.jp", "netlify.app", "office.com", "onelink.me",
        "onrender.com", "pages.dev", "pstatic.net", "qpic.cn", "qq.com", "recaptcha.net",
        "s3.amazonaws.com", "sendbird.com", "sharethis.com", "sina.com.cn", "slack.com",
        "snssdk.com", "storage.googleapis.com", "surge.sh", "teams.microsoft.com", "tenor.com",
        "trafficmanager.net", "translate.goog", "twilio.com", "unpkg.com", "vercel.app",
        "web.app", "web.archive.org", "windows.net", "wixmp.com", "wixstatic.com",
        "workers.dev", "wp.com", "yandex.ru", "zoom.us",
    }
)  # fmt: skip

_ABOVE: Final = frozenset(
    name.split(".", cut)[cut] for name in _SHARED for cut in range(name.count(".") + 1)
)
"""The shared names, and everything above them."""


def why_broad(name: str) -> str:
    """
    Say why nobody may list a name, or return nothing.

    Args:
        name: normal name, as `normal_name` gives it.
    """
    labels = name.split(".")
    if len(labels) == 1:
        return "it is the ending of many names"
    country = len(labels[-1]) == 2  # noqa: PLR2004  every country's ending has two letters
    if len(labels) == 2 and country and labels[0] in _SECOND_LEVELS:  # noqa: PLR2004
        return "anybody can have a name below it"
    if name in _ABOVE:
        return "sites of many others use it"
    return ""
