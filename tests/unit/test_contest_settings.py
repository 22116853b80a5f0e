"""What ``[contests]`` in ``govern.toml`` says of contests, and what it is without."""

from __future__ import annotations

import pytest

from govern.app.contest_settings import read_settings
from govern.errors import InputError
from govern.sources.locate import find_project


def settings(folder, text):
    (folder / "govern.toml").write_text(text)
    return read_settings(find_project(folder))


def test_where_people_can_go_outside_is_set_or_named_in_general(tmp_path):
    set_ = settings(tmp_path, '[contests]\nexternal_routes = ["The labour court"]')

    assert ("The labour court",) == set_.external_routes
    assert "The data protection authority" in settings(tmp_path, "").external_routes


@pytest.mark.parametrize("routes", ["[]", '[" "]', '["a\\nb"]', '"a court"'])
def test_nobody_is_left_without_a_way_outside(tmp_path, routes):
    with pytest.raises(InputError, match="external_routes"):
        settings(tmp_path, f"[contests]\nexternal_routes = {routes}")
