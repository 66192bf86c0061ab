"""Does the verb print the notice of a configuration, in each form and language?"""

from pathlib import Path

import pytest

from support.command import breaktime

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Social media on the network of Exampleshire Council"),
        (("--language", "cy"), "Cyfryngau cymdeithasol ar rwydwaith Exampleshire Council"),
        (("--format", "markdown"), "# Social media on the network"),
        (("--format", "html"), "<h1>Social media on the network"),
    ],
)
def test_the_notice_of_a_configuration(arguments, said):
    done = breaktime("notice", "-c", EXAMPLE, *arguments)
    assert done.returncode == 0
    assert said in done.stdout.decode()
    assert "HR Advice" in done.stdout.decode()


def test_a_language_without_texts_is_refused():
    done = breaktime("notice", "-c", EXAMPLE, "--language", "xx")
    assert done.returncode == 2
    assert "there is en, cy" in done.stderr.decode()
