"""
What `mitmdump -s` and `mitmweb -s` load, to try the policy and look inside.

    mitmweb -s addon/breaktime_addon.py --set breaktime_config=config.yaml

In production the gateway is `breaktime run`: it depends on no watched file and leaves mitmproxy
nothing to guess.
"""

from breaktime.mitm.trial import Trial

addons = [Trial()]
