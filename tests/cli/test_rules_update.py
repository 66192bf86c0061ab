"""`breaktime rules update` and what belongs to it: from a key to a gateway, and back."""

import shutil

import pytest
from click.testing import CliRunner

from breaktime.cli import main
from breaktime.config import rules_dir
from support.command import breaktime

CONFIG = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
never_control: [nhs.uk]
identity: [{kind: basic, file: htpasswd}]
"""


def run(*arguments):
    return CliRunner().invoke(main, ["rules", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def site(tmp_path):
    """Return a folder with a configuration that takes updates, keys, and files to pack."""
    key = run("keygen", tmp_path / "key.pem").stdout.strip()
    text = f"{CONFIG}catalogue: {{folder: updates, key: '{key}'}}\n"
    (tmp_path / "config.yaml").write_text(text)
    shutil.copytree(rules_dir(), tmp_path / "rules")
    return tmp_path


def packed(site, name, edition, **more):
    for stem, text in more.items():
        (site / "rules" / f"{stem}.yaml").write_text(text)
    archive = site / name
    done = run("pack", site / "rules", "--key", site / "key.pem", "--edition", edition,
               "-o", archive)  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return archive


CHAT = "name: Chat\ncategory: social-network\ndomains: {web: [NAME]}\nsources: [own]\n"


def test_an_update_from_key_to_gateway_and_back(site):
    config = ("-c", site / "config.yaml")
    archive = packed(site, "a.tar", "2026-11-21", exchat=CHAT.replace("NAME", "chat.example"))
    assert run("search", "chat.example", *config).exit_code == 1
    done = run("update", archive, *config)
    assert done.stdout == (
        "edition 2026-11-21 is in force\n  1 platform new: exchat\n  1 name new: chat.example\n"
    )
    match = breaktime("match", *config, given=b"https://www.chat.example/\n")
    assert match.stdout.split(b"\t")[1:] == [b"exchat", b"web\n"]
    packed(site, "b.tar", "2026-11-22", exchat=CHAT.replace("NAME", "talk.example"))
    assert run("update", site / "b.tar", *config).exit_code == 0
    assert run("rollback", *config).stdout == "edition 2026-11-21 is in force\n"
    assert "exchat" in run("search", "chat.example", *config).stdout


def test_an_update_that_is_refused(site):
    config = ("-c", site / "config.yaml")
    archive = packed(site, "a.tar", "2026-11-21", bad=CHAT.replace("NAME", "www.nhs.uk"))
    done = run("update", archive, *config)
    assert done.exit_code == 1
    assert done.stderr == (
        f"{archive}: it would control what is never controlled: `www.nhs.uk`\n"
        "refused; nothing has changed\n"
    )
    other = run("keygen", site / "other.pem").stdout.strip()
    done = run("update", archive, *config, "--key", other)
    assert "is not signed with the key that is trusted here" in done.stderr


def test_an_update_without_which_a_configuration_holds_is_refused(site):
    """A platform that the configuration names must not vanish under it."""
    config = site / "config.yaml"
    text = config.read_text().replace("network]}", "network], platforms: [vimeo]}")
    config.write_text(text)
    (site / "rules" / "vimeo.yaml").unlink()
    done = run("update", packed(site, "a.tar", "2026-11-21"), "-c", config)
    assert done.exit_code == 1
    assert "there is no platform `vimeo`" in done.stderr


def test_updates_have_to_be_configured(site):
    (site / "config.yaml").write_text(CONFIG)
    archive = packed(site, "a.tar", "2026-11-21")
    done = run("update", archive, "-c", site / "config.yaml")
    assert "the configuration takes no updates; name a folder" in done.stderr
    (site / "config.yaml").write_text(CONFIG + "catalogue: {folder: updates}\n")
    done = run("update", archive, "-c", site / "config.yaml")
    assert "no key is trusted" in done.stderr
    assert run("update", archive, "-c", site / "config.yaml", "--key", "x").exit_code == 2


def test_rollback_helps_where_the_edition_in_force_is_broken(site):
    config = site / "config.yaml"
    run("update", packed(site, "a.tar", "2026-11-21"), "-c", config)
    for file in (site / "updates").rglob("x.yaml"):
        file.write_text("broken")
    assert run("list", "-c", config).exit_code == 1
    assert run("rollback", "-c", config).stdout == "the shipped catalogue is in force\n"
    assert run("list", "-c", config).exit_code == 0


def test_a_key_is_never_written_over(site):
    before = (site / "key.pem").read_bytes()
    done = run("keygen", site / "key.pem")
    assert (done.exit_code, (site / "key.pem").read_bytes()) == (1, before)
    assert (site / "key.pem").stat().st_mode & 0o777 == 0o600


def test_files_with_mistakes_are_not_packed(site):
    (site / "rules" / "bad.yaml").write_text("name: Bad\n")
    done = run("pack", site / "rules", "--key", site / "key.pem", "-o", site / "a.tar")
    assert done.exit_code == 1
    assert "`sources` is missing" in done.stderr
    (site / "rules" / "bad.yaml").unlink()
    done = run("pack", site / "rules", "--key", site / "config.yaml", "-o", site / "a.tar")
    assert "holds no private key for this" in done.stderr
    assert not (site / "a.tar").exists()
