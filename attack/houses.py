"""The kinds of gateway that are attacked: most attacks are tried on the first."""

PLAIN, PARENT, UNOPENED = "plain", "parent", "unopened"

CREDENTIALS = "gateway:canary"
"""What the gateway shows its parent, and nobody else."""

HOUSES = {
    PLAIN: "",
    PARENT: "  parent: {{address: 127.0.0.1:{way_out}, credentials_file: parent}}",
    UNOPENED: "  decrypt_during_breaks: false",
}
"""What stands in the configuration of each, below `gateway`."""
