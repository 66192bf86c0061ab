"""Does the policy hold what the file says, with every name resolved and every rule placed?"""

from datetime import date
from ipaddress import ip_network

from breaktime.config import parse
from breaktime.core.decide import Reason, Verdict
from breaktime.core.policy import Subject, SubjectKind
from breaktime.core.who import Place
from written import LEAST, asked, loaded, problems

PEOPLE = """
teams:
  zebra: {members: [R.Hughes, b]}
  ant: {members: [b, r.hughes, b]}
  legal: {members: {directory_group: GG-Legal}}
  also: {members: {directory_group: GG-Legal}}
places:
  hall: {networks: [10.20.0.0/16, "2001:db8::/48"], timezone: Europe/Warsaw}
  desk: {networks: [10.20.1.0/24]}
people:
  K.Nowak: {timezone: Europe/Warsaw}
"""


def test_people_teams_and_places():
    directory = loaded(PEOPLE).policy.directory
    assert directory.people["r.hughes"].teams == ("ant", "zebra")
    assert directory.people["k.nowak"].teams == ()
    assert directory.person("x", ["GG-Legal", "GG-Other"]).teams == ("also", "legal")
    assert directory.places[1] == Place("desk", (ip_network("10.20.1.0/24"),))
    assert directory.place("10.20.1.9") == "desk"
    assert directory.place("10.20.2.9") == "hall"


def test_zones_of_people_and_places():
    policy = loaded(PEOPLE).policy
    assert policy.zone.key == "Europe/London"
    assert {(str(who.kind), who.id): zone.key for who, zone in policy.zones.items()} == {
        ("person", "k.nowak"): "Europe/Warsaw",
        ("place", "hall"): "Europe/Warsaw",
    }


def test_a_network_is_in_one_place():
    assert problems("""
        places:
          hall: {networks: [10.20.0.0/16, 10.20.0.0/16]}
          desk: {networks: [10.20.0.0/24, 10.20.0.0/16]}
    """) == [
        (
            "breaktime.yaml:7:35: places.hall.networks[2]: `10.20.0.0/16` belongs to `hall`"
            " already;"
            " first at breaktime.yaml:7"
        ),
        (
            "breaktime.yaml:8:35: places.desk.networks[2]: `10.20.0.0/16` belongs to `hall`"
            " already;"
            " first at breaktime.yaml:7"
        ),
    ]


CASES = """
teams:
  press: {members: [p]}
  members: {members: [m]}
places:
  library: {networks: [10.60.0.0/16]}
exempt:
  - {team: members, reason: their own code}
  - {place: library, reason: public}
  - {person: U.Rep, reason: agreed}
business_cases:
  - {id: BC-1, for: {team: press}, platforms: [facebook], from: 2026-11-01, until: 2026-11-30,
     purpose: p, requested_by: a, approved_by: b}
  - {id: BC-2, for: {person: T.Okafor}, pages: [facebook.com/groups/carers], until: 2026-11-30,
     purpose: p, requested_by: a, approved_by: b}
  - {id: BC-3, for: {place: library}, platforms: [x], until: 2026-11-30,
     purpose: p, requested_by: a, approved_by: b}
  - {id: BC-4, for: everyone, platforms: [reddit, x], until: 2026-11-30,
     purpose: p, requested_by: a, approved_by: b}
suspensions:
  - {for: {person: D.Smith}, from: 2026-11-01, until: 2026-11-30, reference: HR-1}
  - {for: {team: press}, from: 2026-11-20, until: 2026-11-20}
everyone: {breaks: [{at: 12:00-14:00}]}
"""


def test_exemptions():
    config = loaded(CASES)
    for person, client, rule in (
        ("m", None, "exempt:team:members (breaktime.yaml:12)"),
        (None, "10.60.1.1", "exempt:place:library (breaktime.yaml:13)"),
        ("u.rep", None, "exempt:person:u.rep (breaktime.yaml:14)"),
    ):
        decision = asked(config, person, "2026-11-23 09:00", client=client)
        assert decision.reason is Reason.EXEMPT
        assert str(decision.because[0]) == rule


def test_business_cases():
    config = loaded(CASES)
    group = "facebook.com/groups/carers/posts/1"
    at = "2026-11-23 09:00"
    assert asked(config, "p", at).because[0].id == "business-case:BC-1"
    assert asked(config, "p", "2026-12-01 09:00").verdict is Verdict.BLOCK
    assert asked(config, "t.okafor", at, address=group).because[0].id == "business-case:BC-2"
    assert asked(config, "t.okafor", at).verdict is Verdict.BLOCK
    assert asked(config, "anybody", at, address="x.com").because[0].id == "business-case:BC-4"
    (first, *_) = config.policy.cases
    assert first[0] == Subject(SubjectKind.TEAM, "press")
    assert (first[1].since, first[1].until) == (date(2026, 11, 1), date(2026, 11, 30))
    assert config.policy.cases[1][1].since == date.min


def test_suspensions():
    config = loaded(CASES)
    noon = "2026-11-20 12:30"
    assert asked(config, "d.smith", noon).because[0].id == "suspension:HR-1"
    assert asked(config, "p", noon, address="x.com/a").because[0].id == "business-case:BC-4"
    assert asked(config, "p", noon, address="vk.com").because[0].id == "suspension:2"
    assert asked(config, "a", noon).reason is Reason.BREAK_FIXED


def test_warnings_are_told_in_the_order_of_the_file():
    config = loaded("""
        teams: {empty: {members: []}}
        own_pages: [youtube.com/@Exampleshire]
        business_cases:
          - {id: BC-1, for: everyone, platforms: [youtube, x], purpose: p,
             requested_by: A.Jones, approved_by: a.jones, until: 2026-11-30}
    """)
    assert [str(warning) for warning in config.warnings] == [
        "breaktime.yaml:6:26: teams.empty.members: nobody is in this team",
        (
            "breaktime.yaml:7:13: own_pages[1]: `youtube` is not controlled, so the page is"
            " open anyway"
        ),
        (
            "breaktime.yaml:9:5: business_cases[1]: `youtube` is not controlled,"
            " so it needs no business case"
        ),
        (
            "breaktime.yaml:10:42: business_cases[1].approved_by: `a.jones` approved a case"
            " of their"
            " own; let somebody else approve it"
        ),
    ]


def test_nobody_can_be_in_two_cases_of_one_number():
    case = (
        "{id: 7, for: everyone, platforms: [x], until: 2026-11-30,"
        " purpose: p, requested_by: a, approved_by: b}"
    )
    assert problems(f"business_cases:\n  - {case}\n  - {case}\n") == [
        (
            "breaktime.yaml:7:10: business_cases[2].id: there is a case `7` already;"
            " first at breaktime.yaml:6"
        )
    ]


def test_people_and_places_may_have_bank_holidays_of_their_own():
    text = LEAST.replace("timezone", "bank_holidays: GB-ENG, closed_days: [2026-12-29], timezone")
    config = parse(
        text
        + """\
places: {krakow: {networks: [10.40.0.0/16], bank_holidays: PL}}
people: {a.scot: {bank_holidays: GB-SCT}}
breaks: {lunch: {at: 12:00-13:00, bank_holidays: exclude}}
everyone: {breaks: [lunch]}
"""
    )
    closed = {
        (day, who): asked(config, person, f"{day} 12:30", client=client).verdict is Verdict.BLOCK
        for day in ("2026-08-31", "2026-11-11", "2026-11-30", "2026-12-29")
        for who, person, client in (
            ("here", "x", None), ("scot", "a.scot", None), ("pole", "x", "10.40.0.1"),
        )
    }  # fmt: skip
    assert {each for each, is_closed in closed.items() if is_closed} == {
        ("2026-08-31", "here"),  # the summer bank holiday of England
        ("2026-11-11", "pole"),  # independence
        ("2026-11-30", "scot"),  # St Andrew
        ("2026-12-29", "here"), ("2026-12-29", "scot"), ("2026-12-29", "pole"),
    }  # fmt: skip
