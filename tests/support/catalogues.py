"""Small platform files."""

TEXT = "name: {name}\ncategory: messaging\ndomains: {{web: [{names}]}}\nsources: [own]\n"


def platform_file(name, *names):
    """Return the bytes of a platform file."""
    return TEXT.format(name=name, names=", ".join(names)).encode()


def ten(first="chat"):
    """Return ten names."""
    return [f"{first}-{number}.example" for number in range(10)]
