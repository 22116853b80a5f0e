"""Which variables are secret, and that nothing of their values is left."""

from __future__ import annotations

import pytest

from govern.pipelines.secrecy import longest_first, secret_values, without


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "ACME_APIKEY",
        "API_KEYS",
        "GH_TOKEN",
        "SMTP_PASS",
        "PASSWD",
        "AWS_ACCESS_KEY_ID",
    ],
)
def test_a_variable_is_secret_by_its_name(name):
    assert {"hush-hush"} == secret_values({name: "hush-hush", "PWD": "/work"})


@pytest.mark.parametrize(
    "name", ["PWD", "KEYBOARD", "PATH", "PASSENGERS", "TOKENIZERS_PARALLELISM"]
)
def test_a_name_that_only_looks_so_hides_nothing(name):
    assert set() == secret_values({name: "in ordinary text"})
    assert {"in ordinary text"} == secret_values({name: "in ordinary text"}, [name])


def test_a_secret_within_another_leaves_nothing_of_it_and_a_header_loses_what_follows_its_scheme():
    hidden = longest_first(["abcdef", "abcdefgh ", "Bearer zyxwvu", "short"])

    said = without({"abcdefgh": ["abcdef", ("zyxwvu", 3)]}, hidden)

    assert {"[secret]": ["[secret]", ["[secret]", 3]]} == said
    assert "short" == without("short", hidden)
