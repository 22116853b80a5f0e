"""A second judge, written from README.md beside it: it shares no line with ours.

``python docs/decision-vectors/other_judge.py`` judges every vector and compares.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from itertools import permutations, product
from math import atanh, exp, inf, sqrt, tanh
from pathlib import Path
from typing import Any

import rfc8785
from ruamel.yaml import YAML
from scipy import optimize, stats

HERE = Path(__file__).parent
UNDECIDED = "insufficient_evidence"
EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
ORDER = ("fail", UNDECIDED, "pass")
Json = dict[str, Any]


def worst(outcomes: list[str]) -> str:
    return min(outcomes, key=ORDER.index, default=UNDECIDED)


def digest(value: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


def read_policy(text: str) -> Json:
    yaml = YAML(typ="safe")
    blocks = re.findall(r"```yaml clause\n(.*?)```", text, re.DOTALL)
    policy: Json = yaml.load(text.split("---")[1])
    return policy | {"clauses": [yaml.load(block) for block in blocks]}


def ends(estimate: float, interval: Json, alpha: float) -> tuple[float, float]:
    kind = interval["kind"]
    if kind == "binomial":
        hits, n = interval["hits"], interval["n"]
        low = stats.beta.ppf(alpha, hits, n - hits + 1) if hits else 0.0
        return low, stats.beta.isf(alpha, hits + 1, n - hits) if hits < n else 1.0
    if kind == "corrected":
        return corrected(estimate, interval, alpha)
    t = stats.t.isf(alpha, interval["df"])
    floor = interval.get("step", 0.0) * (1 - alpha ** (1 / interval["clusters"]))
    if kind == "ratio":
        return ratio(interval, t, floor)
    reach = t * interval["se"]
    low, high = estimate - reach, estimate + reach
    if interval["scale"] == "log" and estimate > 0:
        low, high = estimate * exp(-reach), estimate * exp(reach)
    if interval["scale"] == "fisher_z" and abs(estimate) < 1:
        low, high = tanh(atanh(estimate) - reach), tanh(atanh(estimate) + reach)
    low, high = min(low, estimate - floor), max(high, estimate + floor)
    widen = interval.get("widen", 0.0)
    return max(low - widen, interval.get("least", -inf)), min(
        high + widen, interval.get("most", inf)
    )


def ratio(interval: Json, t: float, floor: float) -> tuple[float, float]:
    def gap(r: float, sign: int) -> float:
        variance = max(a + b * r + c * r * r for a, b, c in interval["variances"])
        half = max(t * sqrt(max(variance, 0.0)), floor * max(1.0, r)) + interval.get("widen", 0.0)
        return float(interval["numerator"] - r * interval["denominator"] + sign * half)

    low = optimize.brentq(gap, 0, 1e6, args=(-1,), xtol=1e-14) if gap(0, -1) > 0 else 0.0
    return low, optimize.brentq(gap, 0, 1e6, args=(1,), xtol=1e-14)


def corrected(estimate: float, interval: Json, alpha: float) -> tuple[float, float]:
    t = stats.t.isf(alpha, interval["clusters"] - 1)
    n, spoiled, sound = interval["n"] + t * t, interval["spoiled"] + 2, interval["sound"] + 2
    share = (interval["n"] * interval["share"] + t * t / 2) / n
    found, cleared = (interval["found"] + 1) / spoiled, (interval["cleared"] + 1) / sound
    informed = found + cleared - 1
    theta = (share + cleared - 1) / informed
    a, b = found * (1 - found) / spoiled, cleared * (1 - cleared) / sound
    middle = theta + 2 * t * t * (theta * a - (1 - theta) * b)
    reach = t * sqrt(share * (1 - share) / n + theta**2 * a + (1 - theta) ** 2 * b) / informed
    return max(0.0, min(middle - reach, estimate)), min(1.0, max(middle + reach, estimate))


def holds(bound: dict[str, float], low: float, high: float) -> bool:
    [(name, value)] = bound.items()
    end = high if name.startswith("upper") else low
    compare = {"le": end <= value, "lt": end < value, "ge": end >= value, "gt": end > value}
    return compare[name[-2:]]


class OnIntervals:
    """A clause on intervals, at its share of the doubt that all attempts together may have."""

    def __init__(self, block: Json, attempts: int) -> None:
        statistic = block["statistic"]
        sides = 2 if statistic["sided"] == "two" else 1
        self.alpha = round((1 - (1 - (1 - statistic["confidence"]) / attempts)) / sides, 12)
        self.block = block
        self.margins = {s["by"]: s.get("inside") for s in block.get("slices", [{"by": "all"}])}

    def passes(self, by: str, low: float, high: float) -> bool:
        margin = self.margins[by]
        if margin is None:
            return holds(self.block["pass_if"], low, high)
        return bool(-margin < low and high < margin)

    def fails(self, finding: Json, level: float) -> bool:
        low, high = ends(finding["estimate"], finding["interval"], level)
        margin = self.margins[finding["by"]]
        if margin is None:
            return holds(self.block["fail_if"], low, high)
        return bool(low > margin or high < -margin)

    def slices(self, findings: list[Json]) -> list[Json]:
        mine = [f for f in findings if f["by"] in self.margins]
        can_fail = [
            i
            for i, f in enumerate(mine)
            if not isinstance(f["estimate"], dict) and "interval" in f and "design" not in f
        ]
        failed: set[int] = set()
        while len(failed) < len(mine):
            level = self.alpha / (len(mine) - len(failed))
            more = {i for i in can_fail if i not in failed and self.fails(mine[i], level)}
            if not more:
                break
            failed |= more
        return [self.judged(f, i in failed, i in can_fail) for i, f in enumerate(mine)]

    def judged(self, finding: Json, failed: bool, assessable: bool) -> Json:
        by = finding["by"]
        told: Json = {"slice": "all" if by == "all" else f"{by}: {finding['contrast']}"}
        if not assessable:
            return told | {"outcome": UNDECIDED, "reason": "not_assessable"}
        low, high = ends(finding["estimate"], finding["interval"], self.alpha)
        told |= {"lower": low, "upper": high}
        if failed:
            return told | {"outcome": "fail"}
        if finding["counts"]["cases"] < self.block["evidence"]["min_cases"]:
            return told | {"outcome": UNDECIDED, "reason": "too_few_cases"}
        if self.passes(by, low, high):
            return told | {"outcome": "pass"}
        return told | {"outcome": UNDECIDED, "reason": "straddles"}

    def missing(self, findings: list[Json], groups: Json, shape: str) -> list[Json]:
        lacking = []
        reasons = [f for f in findings if f["by"] == "all" and isinstance(f["estimate"], dict)]
        for by in self.margins:
            found = [f for f in findings if f["by"] == by]
            if not found:
                reason = "not_assessable" if reasons else "missing_finding"
                lacking.append({"slice": by, "outcome": UNDECIDED, "reason": reason})
            elif not all(f["contrast"] == "all" and isinstance(f["estimate"], dict) for f in found):
                lost = expected(by, groups, shape) - {f["contrast"] for f in found}
                lacking += [
                    {"slice": f"{by}: {label}", "outcome": UNDECIDED, "reason": "missing_slice"}
                    for label in lost
                ]
        return lacking


def expected(by: str, groups: Json, shape: str) -> set[str]:
    if by == "all":
        return {"all"}
    levels = [sorted(groups.get(attribute, [])) for attribute in by.split("*")]
    cells = ["*".join(cell) for cell in product(*levels)] or [by]
    if shape == "ratio":
        return {f"{a} / {b}" for a, b in permutations(cells, 2)}
    return {cells[0]} if len(levels) == 1 and len(cells) == 2 else set(cells)


def detected(certificate: Json, who: str) -> list[bool]:
    least = certificate["must_detect_from"]
    doses = [
        [d["detected"] for d in trial["doses"] if d["dose"] >= least]
        for trial in certificate["trials"]
        if trial["planted_by"] == who
    ]
    return [bool(asked) and all(asked) for asked in doses]


def distrust(block: Json, mine: list[Json], certificates: list[Json]) -> str | None:
    ranked = []
    for c in certificates:
        made = (c["metric_version"], c["evaluator"])
        fits = bool(mine) and all((f["version"], f["evaluator"]) == made for f in mine)
        if c["metric"] == block["metric"] and fits:
            own, apart = detected(c, "authors"), detected(c, "apart")
            still = c["invariance_max_change"] == 0 and c["silence"]["tail"] > 0.05
            ranked.append(
                (still and all(own) and any(own + apart), bool(apart) and all(apart), c["made_on"])
            )
    if not ranked:
        return "uncertified"
    works, independent, _ = max(ranked)
    if not works:
        return "certificate_failed"
    if block["evidence"].get("certificate") == "independent" and not independent:
        return "certificate_provisional"
    reference = any(f.get("baseline") == "reference" for f in mine)
    return "wrong_baseline" if reference and block["severity"] == "block" else None


def unfit(block: Json, mine: list[Json], spec: Json, run: Json) -> str | None:
    needed = block["evidence"]
    if "metric" in block:
        if run["suite"] != needed["suite"]:
            return "wrong_suite"
        if run["plan"] != needed.get("plan", run["plan"]):
            return "wrong_plan"
        if any(f.get("baseline") != needed.get("baseline", f.get("baseline")) for f in mine):
            return "wrong_baseline"
    made = {(f["version"], f["sense"]) for f in mine}
    return "wrong_metric_version" if made - {(spec["version"], spec["sense"])} else None


def on_interval(block: Json, attempts: int, given: Json, now: datetime) -> Json:
    run, docket = given["findings"]["run"], given["docket"]
    groups, findings = run["groups"] | run["alterations"], given["findings"]["findings"]
    against = block.get("against")
    if against:
        comparison = docket.get("comparison")
        others = comparison is None or comparison["candidate"] != run["drafts_digest"]
        if others or comparison["incumbent"]["fingerprint"] == run["fingerprint"]:
            return {"outcome": UNDECIDED, "reason": "no_incumbent"}
        findings = comparison["findings"]
    if "record" in block:
        window = block["evidence"]["window_days"]
        sets = [r for r in docket["record"] if r["window_days"] == window]
        latest = max(sets, key=lambda r: time(r["as_of"]), default=None)
        if not latest or not now - timedelta(days=7) <= time(latest["as_of"]) <= now:
            return {"outcome": UNDECIDED, "reason": "no_record"}
        groups, findings = latest["groups"], latest["findings"]
    subject = block.get("metric") or block["record"]
    [spec] = [s for s in docket["specs"] if s["id"] == subject]
    mine = [f for f in findings if f["metric"] == subject and f.get("against") == against]
    clause = OnIntervals(block, attempts)
    slices = [*clause.slices(mine), *clause.missing(mine, groups, spec["shape"])]
    outcome = worst([s["outcome"] for s in slices])
    reasons = {s.get("reason") for s in slices if s["outcome"] == outcome}
    doubt = distrust(block, mine, docket["certificates"]) if "metric" in block else None
    if outcome == "pass":
        doubt = doubt or unfit(block, mine, spec, run)
    if doubt and outcome != UNDECIDED:
        outcome, reasons = UNDECIDED, {doubt}
    return {"outcome": outcome, "reason": reasons, "slices": slices}


def on_property(block: Json, run: Json) -> Json:
    value = run.get("deployment", {}).get(block["property"])
    words = value if isinstance(value, list) else [value]
    if value is None or not any(str(word).strip() for word in words):
        return {"outcome": UNDECIDED, "reason": "not_stated"}
    [(name, must)] = block["must"].items()
    texts = all(isinstance(word, str) for word in words)
    met = {
        "equals": lambda: type(value) is type(must) and value == must,
        "one_of": lambda: set(words) <= set(must),
        "none_of": lambda: texts and not set(words) & set(must),
        "includes": lambda: set(words) >= set(must),
        "at_most": lambda: type(value) is int and value <= must,
        "stated": lambda: True,
    }[name]()
    return {"outcome": "pass" if met else "fail"}


def on_statements(block: Json, policy: Json, given: Json, now: datetime) -> Json:
    pipeline = given["findings"]["run"]["pipeline"]
    asked = (block["attest"], policy["policy"], block["role"], pipeline)
    latest: dict[str, tuple[Any, ...]] = {}
    for signed in given["docket"]["attestations"]:
        act, by = signed["act"], signed["signers"][0]
        about = (act["attestation"], act["policy"], act["role"], act.get("lineage", pipeline))
        rank = (time(act["made"]), act["answer"] == "objected", act["answer"], act["expires"])
        if about == asked and block["role"] in by["roles"] and rank[0] <= now:
            latest[by["name"]] = max(latest.get(by["name"], rank), rank)
    age = timedelta(days=block["max_age_days"])
    standing = [
        (answer, min(day(last), (made + age).date()))
        for made, _, answer, last in latest.values()
        if day(last) >= now.date() and made + age >= now
    ]
    told: Json = {"ends": [last for _, last in standing]}
    answers = {answer for answer, _ in standing}
    if "objected" in answers - set(block["answers"]):
        return told | {"outcome": "fail"}
    if answers & set(block["answers"]):
        return told | {"outcome": "pass"}
    over = latest and not standing
    return told | {
        "outcome": UNDECIDED,
        "reason": "attestation_expired" if over else "not_attested",
    }


def contains(place: str, part: str) -> bool:
    """A union holds its member states, and every place what is named after it."""
    parts, whole = part.split("-"), place.split("-")
    return parts[: len(whole)] == whole or (place == "EU" and parts[0] in EU.split())


def applies(block: Json, scope: Json) -> bool:
    asked, places = block.get("applies_if", {}), scope["jurisdictions"]
    near = any(
        contains(a, b) or contains(b, a) for a in places for b in asked.get("jurisdictions", [])
    )
    return (
        bool(set(asked.get("use_cases", scope["use_cases"])) & set(scope["use_cases"]))
        and scope["stage"] in asked.get("stages", [scope["stage"]])
        and (near or not places or "jurisdictions" not in asked)
    )


def doubt_of_all(policy: Json, given: Json) -> str | None:
    run, docket, allowed = given["findings"]["run"], given["docket"], policy["scope"]
    scope = docket["scope"]
    for name in ("use_cases", "languages", "jurisdictions", "role_families"):
        asked, most = set(scope[name]), set(allowed.get(name, []))
        held = {a for a in asked for b in most if name == "jurisdictions" and contains(b, a)}
        if most and (asked - most - held or not asked):
            return "out_of_scope"
    wider = (
        ("cohort" in allowed and scope.get("cohort") != allowed["cohort"])
        or (allowed["stage"] == "pilot" and scope["stage"] != "pilot")
        or (allowed.get("human_review", True) and not scope["human_review"])
    )
    drafted = ([run["use_case"]], [run["language"]])
    untested = set(scope["role_families"]) - set(run["role_families"])
    if wider or untested or (scope["use_cases"], scope["languages"]) != drafted:
        return "out_of_scope"
    return doubt_of_attempts(policy, run, docket) if run["mode"] == "decide" else None


def doubt_of_attempts(policy: Json, run: Json, docket: Json) -> str | None:
    attempts = docket.get("attempts", {"known": False, "entered": []})
    mine = [a for a in attempts["entered"] if a["run_id"] == run["run_id"]]
    others = any(a["fingerprint"] != run["fingerprint"] for a in mine)
    if not attempts["known"] or not mine or others:
        return "attempts_unknown"
    used_up = (number(attempts, run) or 0) > policy["attempts"]["max_per_lineage"]
    return "attempts_used_up" if used_up else None


def number(attempts: Json, run: Json) -> int | None:
    entered = attempts["entered"]
    mine = [time(a["entered"]) for a in entered if a["run_id"] == run["run_id"]]
    return sum(time(a["entered"]) <= max(mine) for a in entered) if mine else None


def counts(block: Json, signed: Json, digests: Json, now: datetime) -> bool:
    act, rule = signed["act"], block.get("waiver", {"allowed": False})
    roles = rule.get("approvers", [])
    if not rule["allowed"] or not roles or "max_days" not in rule:
        return False
    created, last = time(act["created"]), day(act["expires"])
    people = [s["roles"] for s in signed["signers"] if s["name"] != act["requester"]]
    seated = any(
        all(role in held for role, held in zip(roles, chosen, strict=True))
        for chosen in permutations(people, len(roles))
    )
    return (
        all(act[name] == value for name, value in digests.items())
        and created <= now
        and now.date() <= last
        and (last - created.date()).days <= rule["max_days"]
        and ("ticket" in act or "ticket" not in rule.get("needs", []))
        and seated
    )


def measured(block: Json, policy: Json, given: Json, now: datetime) -> Json:
    if "property" in block:
        return on_property(block, given["findings"]["run"])
    if "attest" in block:
        return on_statements(block, policy, given, now)
    return on_interval(block, policy["attempts"]["max_per_lineage"], given, now)


def waived(told: Json, block: Json, given: Json, digests: Json, now: datetime) -> Json:
    """The clause with the waivers that count, and those that were refused."""
    ends_, refused = [], []
    for signed in given["docket"]["waivers"]:
        act = signed["act"]
        about = [act[name] == digests[name] for name in ("policy_digest", "fingerprint")]
        if act["clause"] == block["id"] and any(about):
            if told["doubted"] or not counts(block, signed, digests, now):
                refused.append(signed["digest"])
            elif told["outcome"] != "pass":
                ends_.append(day(act["expires"]))
    effective = "waived" if ends_ else told["outcome"]
    return told | {"effective": effective, "until": ends_ and [max(ends_)], "refused": refused}


def judge(text: str, given: Json, now: datetime) -> Json:
    policy, run, docket = read_policy(text), given["findings"]["run"], given["docket"]
    digests = {
        "policy_digest": hashlib.sha256(text.encode()).hexdigest(),
        "fingerprint": run["fingerprint"],
        "findings_digest": digest(given["findings"]),
    }
    doubt = doubt_of_all(policy, given)
    clauses = []
    for block in policy["clauses"]:
        if applies(block, docket["scope"]):
            told = measured(block, policy, given, now)
            if doubt is not None and told["outcome"] != "fail":
                told |= {"outcome": UNDECIDED, "reason": doubt}
            told |= {
                "id": block["id"],
                "doubted": doubt is not None,
                "blocks": block["severity"] == "block",
            }
            clauses.append(waived(told, block, given, digests, now))
    blocking = [c for c in clauses if c["blocks"]]
    valid = "declared_only_valid_days" if run["declared_only"] else "decision_valid_days"
    ending = [now.date() + timedelta(days=policy[valid]), policy["review_by"]]
    ending += [last for c in blocking for last in (*c.get("ends", []), *c["until"])]
    attempts = docket.get("attempts", {"entered": []})
    named = {a["policy_digest"] for a in attempts["entered"] if a["run_id"] == run["run_id"]}
    after = docket["rejudged"] or bool(named - {digests["policy_digest"]})
    parts = [digests["policy_digest"], digests["findings_digest"], digest(docket)]
    return {
        "decision_id": digest([*parts, now.isoformat()])[:16],
        "findings_digest": parts[1],
        "docket_digest": parts[2],
        "outcome": worst([c["outcome"] for c in blocking]),
        "effective_outcome": worst(
            ["pass" if c["effective"] == "waived" else c["outcome"] for c in blocking]
        ),
        "bar_set_after": after,
        "advisory": after or run["mode"] == "explore",
        "attempt": number(attempts, run),
        "expires": min(ending).isoformat(),
        "clauses": clauses,
    }


def problems(found: Json, stands: Json) -> list[str]:
    """What the two judges see otherwise; a reason may be that of any slice that decides."""
    wrong = [n for n, value in found.items() if n != "clauses" and value != stands.get(n)]
    refused = sorted(digest_ for clause in found["clauses"] for digest_ in clause["refused"])
    if refused != sorted(w["digest"] for w in stands["waivers_refused"]):
        wrong.append("waivers_refused")
    if [c["id"] for c in found["clauses"]] != [c["id"] for c in stands["clauses"]]:
        return [*wrong, "which clauses apply"]
    for mine, theirs in zip(found["clauses"], stands["clauses"], strict=True):
        reason = mine.get("reason")
        if theirs.get("reason") not in (reason if isinstance(reason, set) else {reason}):
            wrong.append(f"{mine['id']}: reason")
        wrong += [f"{mine['id']}: {n}" for n in ("outcome", "effective") if mine[n] != theirs[n]]
        wrong += [f"{mine['id']}: {what}" for what in slice_problems(mine, theirs)]
    return wrong


def slice_problems(mine: Json, theirs: Json) -> list[str]:
    own = {s["slice"]: s for s in mine.get("slices", [])}
    if set(own) != {s["slice"] for s in theirs["slices"]}:
        return ["which slices there are"]
    wrong = []
    for other in theirs["slices"]:
        one = own[other["slice"]]
        wrong += [other["slice"] for n in ("outcome", "reason") if one.get(n) != other.get(n)]
        far = [n for n in ("lower", "upper") if abs(one.get(n, 0.0) - other.get(n, 0.0)) > 1e-9]
        wrong += [f"{other['slice']}: {end}" for end in far]
    return wrong


def main(root: Path) -> int:
    index = json.loads((root / "vectors.json").read_text(encoding="utf-8"))
    failed = 0
    for vector in index["vectors"]:
        folder = root / vector["name"]
        read = {
            name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("findings", "docket", "decision")
        }
        text = (folder / "policy.md").read_text(encoding="utf-8")
        wrong = problems(judge(text, read, time(index["now"])), read["decision"])
        failed += bool(wrong)
        print(f"{vector['name']}: {'; '.join(wrong) or 'the same'}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main(HERE))
