"""The corpus and its scoring, by their file names: test folders are no packages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from govern.sources.anonymise.engine import Engine
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.patterns import Patterns
from govern.sources.anonymise.phrases import Phrases
from govern.sources.anonymise.presidio import Recognisers
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.roster import from_names


def load(name):
    full = f"anonymise_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def corpus():
    return load("corpus")


@pytest.fixture(scope="session")
def scoring():
    return load("scoring")


@pytest.fixture(scope="session")
def recognisers():
    return Recognisers()


@pytest.fixture
def engine(recognisers):
    """An engine for these names; people may be given instead."""

    def make(
        *names, people=None, lists=None, codes=(), secret=b"a secret of the test", day_first=False
    ):
        known = people or from_names(names, 0)
        index = NameIndex(known)
        return Engine(
            index,
            Pseudonyms(known, index, secret=secret),
            Patterns(recognisers, codes=codes, day_first=day_first),
            Phrases(lists or {}),
        )

    return make


@pytest.fixture
def rewrite(engine):
    """A text anonymised for these names, pseudonyms shown as <given> and <family>."""

    def shown(text, *names, subject=None, **more):
        made = engine(*names, **more)
        [new] = made.anonymise([text], [subject])
        result = new.text
        for number in sorted(made.index.people):
            called = made.pseudonyms.of(number)
            for style in (str, str.lower, str.upper):
                result = result.replace(style(called.given), style(f"<g{number}>"))
                result = result.replace(style(called.family), style(f"<f{number}>"))
        return result

    return shown
