"""
Import mitmproxy once with warnings off.

Its dependencies warn while they are imported (ldap3 about pyasn1, mitmproxy about pyparsing). None
of it is ours to mend, and everywhere else a warning is a failure.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mitmproxy.addons  # noqa: F401  for the side effect
