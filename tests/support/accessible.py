"""What axe finds wrong with a page in the light and in the dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Nothing but colours depends on the scheme, so only they are looked at twice.
LOOKED_AT = {
    "light": {"resultTypes": ["violations"]},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    },
}


def violations(page: Page, *schemes: str) -> list[tuple[str, str, list[str]]]:
    """Scheme, rule and HTML of each violation; that a rule was held at all is asserted."""
    found = []
    for scheme in schemes or LOOKED_AT:
        page.emulate_media(color_scheme=scheme)
        response = Axe().run(page, options=LOOKED_AT[scheme]).response
        assert response["passes"]
        found += [
            (scheme, one["id"], [node["html"][:99] for node in one["nodes"]])
            for one in response["violations"]
        ]
    return found
