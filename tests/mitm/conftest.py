"""These tests import mitmproxy."""

import support.mitmproxy_quietly  # noqa: F401  for the side effect
