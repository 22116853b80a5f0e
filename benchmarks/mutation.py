"""Mutates the judge and asks its tests: ``python benchmarks/mutation.py``.

Each mutant is one small change to one of the modules that decide. A test that fails kills it; a
mutant that every test lets live is printed, with its line. The tests are collected once; every
mutant is tried by them in a fork of its own, up to the first that fails.
``--sample N`` tries N of them, drawn by ``--seed``; ``--only MODULE`` those of one module.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import io
import os
import random
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FunctionType
from typing import Any, get_args

import pytest

from govern.domain.decision import Outcome, Reason

ROOT = Path(__file__).resolve().parents[1]
POLICY = ("judge", "measured", "stated", "waivers", "scope", "outcomes", "verdicts")
MODULES = (*(f"policy/{name}" for name in POLICY), "domain/places")
TESTS = (
    "tests/unit/test_judge_kinds.py",
    "tests/unit/test_judge.py",
    "tests/docs/test_decision_vectors.py::test_the_judge_says_what_stands_there",
    "tests/property/test_judge_kinds_properties.py",
    "tests/property/test_verdict_properties.py",
)
OFF = ("randomly", "cacheprovider", "xdist", "cov")
QUIET = ("-q", "--assert=plain", *(part for name in OFF for part in ("-p", f"no:{name}")))
SECONDS = 60
WORDS = (*get_args(Outcome), *get_args(Reason))
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    module: str
    line: int
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line}: {self.what}"


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    path = ROOT / "src" / "govern" / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = _said(tree)
    count = sum(1 for _ in ast.walk(tree))
    for index in range(count):
        node = _at(tree, index)
        if id(node) in plain:
            continue
        for number, (line, what) in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            _apply(changed, index, number)
            yield Mutant(module, line, what, ast.unparse(ast.fix_missing_locations(changed)))


def _said(tree: ast.Module) -> set[int]:
    """Nodes of what is said to people or to type checkers, and not decided by.

    So are classes here: nouns without a method, which ``put_in_place`` leaves as they are.
    """
    plain: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.ClassDef):
            parts = [node]
        elif isinstance(node, ast.FunctionDef):
            parts = [
                *(
                    a.annotation
                    for a in ast.walk(node.args)
                    if isinstance(a, ast.arg) and a.annotation
                )
            ]
            parts += [node.returns] if node.returns else []
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            parts = [node]
        plain |= {id(inner) for part in parts for inner in ast.walk(part)}
    return plain


def _at(tree: ast.AST, index: int) -> ast.AST:
    return next(node for number, node in enumerate(ast.walk(tree)) if number == index)


def _changes(node: ast.AST) -> list[tuple[int, str]]:
    line: int = getattr(getattr(node, "target", node), "lineno", 0)
    return [(line, what) for what, _ in _variants(node)]


def _apply(tree: ast.Module, index: int, number: int) -> None:
    node = _at(tree, index)
    _, change = _variants(node)[number]
    new = change()
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if item is node else item for item in value]


def _variants(  # noqa: PLR0912 - one branch for each kind of change
    node: ast.AST,
) -> list[tuple[str, Callable[[], ast.AST]]]:
    """What may become of a node, in words and made."""
    made: list[tuple[str, Callable[[], ast.AST]]] = []

    def become(what: str, new: ast.AST) -> None:
        made.append((what, lambda: ast.copy_location(new, node)))

    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in COMPARED[type(op)]:
                become(
                    f"{type(op).__name__} to {other.__name__}",
                    ast.Compare(left, [other()], [right]),
                )
        case ast.BoolOp(op=op, values=values):
            other_op = ast.Or() if isinstance(op, ast.And) else ast.And()
            become(
                f"{type(op).__name__} to {type(other_op).__name__}", ast.BoolOp(other_op, values)
            )
            for number in range(len(values)):
                rest = [value for i, value in enumerate(values) if i != number]
                new = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                become(f"without operand {number + 1}: {_short(values[number])}", new)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            become(f"without {type(node.op).__name__}", operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMBINED:
            other_bin = COMBINED[type(op)]
            become(
                f"{type(op).__name__} to {other_bin.__name__}", ast.BinOp(left, other_bin(), right)
            )
        case (
            ast.If(test=test, body=body, orelse=orelse)
            | ast.IfExp(test=test, body=body, orelse=orelse)
        ):
            negated = ast.UnaryOp(ast.Not(), test)
            become(f"if not: {_short(test)}", type(node)(negated, body, orelse))
        case ast.comprehension(target=target, iter=of, ifs=[_, *_]):
            become("every one", ast.comprehension(target, of, [], 0))
        case ast.Constant(value=bool(value)):
            become(f"{value} to {not value}", ast.Constant(not value))
        case ast.Constant(value=int(value) | float(value)):
            become(f"{value} to {value + 1}", ast.Constant(value + 1))
        case ast.Constant(value=str(value)) if value in WORDS:
            other_word = WORDS[(WORDS.index(value) + 1) % len(WORDS)]
            become(f"{value} to {other_word}", ast.Constant(other_word))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            become(f"returns nothing, not {_short(value)}", ast.Return(ast.Constant(None)))
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            become(f"without: {_short(node)}", ast.Pass())
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in CALLED:
            become(
                f"{name} to {CALLED[name]}",
                ast.Call(ast.Name(CALLED[name], ast.Load()), args, keywords),
            )
        case ast.Call(func=ast.Name(id="sorted"), args=[first, *_]):
            become("unsorted", ast.Call(ast.Name("list", ast.Load()), [first], []))
    return made


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def put_in_place(mutant: Mutant) -> None:
    """Give every function of the module its changed code, wherever it was imported to."""
    name = f"govern.{mutant.module.replace('/', '.')}"
    module = sys.modules[name]
    changed: dict[str, Any] = {"__name__": name}
    exec(compile(mutant.source, name, "exec"), changed)
    for key, new in changed.items():
        old = module.__dict__.get(key)
        if isinstance(old, FunctionType) and old.__module__ == name:
            old.__code__ = new.__code__
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        elif isinstance(old, tuple | timedelta | dict) and old != new:
            for other in list(sys.modules.values()):
                if getattr(other, key, None) is old:
                    setattr(other, key, new)


class Trials:
    """Instead of running the tests once: once for every mutant, each in a fork of its own."""

    def __init__(self, chosen: Sequence[Mutant]) -> None:
        self.chosen = chosen
        self.alive: list[Mutant] = []
        self.sound = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.sound = self._lives(session, None)
        for mutant in self.chosen if self.sound else ():
            if self._lives(session, mutant):
                self.alive.append(mutant)
                print(mutant, file=sys.stderr, flush=True)
        return True

    def _lives(self, session: pytest.Session, mutant: Mutant | None) -> bool:
        """Whether every test passes; one that never ends does not."""
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
                code = self._run(session, mutant)
            os._exit(code)
        _, status = os.waitpid(child, 0)
        return status == 0

    def _run(self, session: pytest.Session, mutant: Mutant | None) -> int:
        if mutant:
            put_in_place(mutant)
        followed = [*session.items[1:], None]
        for item, following in zip(session.items, followed, strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
        return 0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int, default=0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", choices=MODULES)
    given = asked.parse_args()
    os.chdir(ROOT)
    every = [m for name in MODULES if given.only in (None, name) for m in mutants(name)]
    chosen = random.Random(given.seed).sample(every, given.sample) if given.sample else every
    trials = Trials(chosen)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        pytest.main([*QUIET, *TESTS], plugins=[trials])
    if not trials.sound:
        print(said.getvalue(), "the tests fail without any change: there is nothing to score")
        return 1
    for name in MODULES:
        mine = [m for m in chosen if m.module == name]
        left = [m for m in trials.alive if m.module == name]
        if mine:
            print(f"{name}.py: {len(mine) - len(left)} of {len(mine)} killed")
    dead = len(chosen) - len(trials.alive)
    print(
        f"{dead} of {len(chosen)} mutants killed ({dead / len(chosen):.1%}); there are "
        f"{len(every)}; seed {given.seed}; {sum(os.times()[:4]):.0f} s of processor time"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
