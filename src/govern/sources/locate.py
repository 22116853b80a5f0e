"""Finding things by id: the user's project first, then what ships with the package.

``builtin:<id>`` asks for the shipped one. The same id in both places is an error, never an
override: nobody should believe they run the shipped policy while running another.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from govern.errors import InputError
from govern.settings_file import NAME, read_tables

Kind = Literal["suites", "datasets", "policies", "pipelines", "laws"]
BUILTIN = "builtin:"
_FOLDERS: dict[Kind, str] = {
    "suites": "evals",
    "datasets": "datasets",
    "policies": "policies",
    "pipelines": "pipelines",
    "laws": "policies/legal",
}
_TABLES = ("project", "web", "contests", "storage")
_KEYS = ("name", "record_url", "store_url")
_PATTERNS: dict[Kind, str] = {
    "suites": "*.py",
    "datasets": "*/manifest.json",
    "policies": "*.md",
    "pipelines": "*.yaml",
    "laws": "*.yaml",
}


@dataclass(frozen=True)
class Project:
    """A user's folder; ``configured`` where it holds a ``govern.toml``.

    ``record_url`` is the database that holds the ledger, where it is not a file in ``record``,
    ``store_url`` the one that holds contests, where it is not a file in ``.govern``.
    """

    root: Path
    configured: bool
    record_url: str | None = None
    store_url: str | None = None

    @property
    def state(self) -> Path:
        """Runs, caches and default databases; git-ignored."""
        return self.root / ".govern"

    @property
    def record(self) -> Path:
        """Decisions, signatures and the trust root; kept."""
        return self.root / "record"


def find_project(start: Path) -> Project:
    """The nearest folder at or above ``start`` with a ``govern.toml``, else ``start`` itself.

    Raises:
        InputError: the file is no TOML, or a name or value in it is not what it must be.
    """
    for folder in (start, *start.parents):
        path = folder / NAME
        if path.is_file():
            settings = read_tables(folder)
            _require_known(path, settings)
            urls = {name: _url(path, settings, name) for name in ("record_url", "store_url")}
            return Project(folder, configured=True, **urls)
    return Project(start, configured=False)


def _require_known(path: Path, settings: dict[str, Any]) -> None:
    """InputError for a name that nothing reads: misspelt, the record's address would be nowhere."""
    table = settings.get("project", {})
    if not isinstance(table, dict):
        raise InputError(f"{path}: project: expected a table, found {table!r}")
    for what, found, known_names in (
        ("table", settings, _TABLES),
        ("key in [project]", table, _KEYS),
    ):
        other = sorted(set(found) - set(known_names))
        if other:
            raise InputError(
                f"{path}: unknown {what}: {', '.join(other)}; known: {', '.join(known_names)}"
            )


def _url(path: Path, settings: dict[str, Any], name: str) -> str | None:
    """The address of a database in the table ``[project]``."""
    table = settings.get("project")
    url = table.get(name) if isinstance(table, dict) else None
    if url is not None and (not isinstance(url, str) or "://" not in url):
        raise InputError(
            f"{path}: {name}: expected the address of a database, such as "
            f"postgresql://host/name, found {url!r}"
        )
    return url


def builtin_root() -> Path:
    """The folder that holds the shipped ``evals``, ``datasets``, ``policies``, ``reports``.

    An installed wheel carries them inside the package; a checkout has them at its top.

    Raises:
        InputError: neither is there.
    """
    package = Path(str(files("govern")))
    for root in (package / "_builtin", package.parents[1]):
        if (root / "policies").is_dir() and (root / "datasets").is_dir():
            return root
    raise InputError(f"the files that ship with govern were not found beside {package}")


def known(project: Project, kind: Kind) -> dict[str, Path]:
    """Path by id of everything of a kind; shipped things carry ``builtin:``."""
    shipped = {f"{BUILTIN}{name}": path for name, path in _in(_shipped_folder(kind), kind).items()}
    own = _in(project.root / _FOLDERS[kind], kind) if project.configured else {}
    return own | shipped


def locate(project: Project, kind: Kind, asked: str) -> Path:
    """The file or folder that ``asked`` names: a path, an id, or ``builtin:<id>``.

    Raises:
        InputError: there is none, or an id stands for two.
    """
    path = Path(asked)
    if path.suffix and path.exists():
        return path.resolve()
    table = known(project, kind)
    hits = [table[key] for key in (asked, f"{BUILTIN}{asked}") if key in table]
    if len(hits) == 2:
        raise InputError(
            f"{kind}: {asked!r} stands for both {hits[0]} and the shipped one; "
            f"rename yours or ask for {BUILTIN}{asked}"
        )
    if not hits:
        raise InputError(
            f"{kind}: nothing is called {asked!r}; known: {', '.join(sorted(table)) or 'none'}"
        )
    return hits[0]


def _shipped_folder(kind: Kind) -> Path:
    if kind == "pipelines":
        return Path(str(files("govern"))) / "pipelines" / "builtin"
    return builtin_root() / _FOLDERS[kind]


def _in(folder: Path, kind: Kind) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.glob(_PATTERNS[kind])):
        target = path.parent if kind == "datasets" else path
        name = (target.name if kind == "datasets" else target.stem).replace("_", "-")
        if name in found:
            raise InputError(f"{kind}: {name!r} stands for both {found[name]} and {target}")
        found[name] = target
    return found
