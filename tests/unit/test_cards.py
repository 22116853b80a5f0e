"""Model card and data cards: what the Hub's own classes read of them, and what nobody can hide."""

from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import DatasetCard, ModelCard
from markdown_it import MarkdownIt

from govern.app.cards import UNNAMED, cards, dataset_card, write_cards
from govern.app.data_behind import card_of
from govern.app.dataset_cards import metadata, written
from govern.canon import file_digest, sha256
from govern.domain import Decision, Policy, Undefined
from govern.domain.ledger import Entry
from govern.errors import DatasetError, InputError, IntegrityError
from govern.report.beside import Beside
from govern.report.model_card import model_card, results
from govern.report.view import build
from govern.sources.datasets import Card
from govern.sources.locate import Project

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
DATASETS = ROOT / "datasets"
SHIPPED = sorted(path.parent.name for path in DATASETS.glob("*/manifest.json"))
NEEDED = ("license", "language", "pretty_name", "size_categories", "task_categories", "tags")
HOSTILE = "x\n---\n# H <script>alert(1)</script> [a](b) | `c` \u202e"
HEADINGS = (
    "What it is",
    "What it is for",
    "How it was evaluated",
    "The data it was evaluated on",
    "Limits",
    "How to check this",
    "How to object",
)
VERSION = "http://mlcommons.org/croissant/1.1"


@pytest.fixture(scope="module")
def decision() -> Decision:
    """One of a deciding run over the shipped cases and names."""
    made = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    named = {
        "dataset_digest": file_digest(DATASETS / "review-core-v1" / "manifest.json"),
        "identities_digest": file_digest(DATASETS / "names-us-v1" / "manifest.json"),
    }
    return made.model_copy(update={"run": made.run.model_copy(update=named)})


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


@pytest.fixture(scope="module")
def made(decision: Decision, policy: Policy, tmp_path_factory: pytest.TempPathFactory):
    project = Project(tmp_path_factory.mktemp("project"), configured=True)
    beside = Beside(cards=(card_of(DATASETS / "review-core-v1", "cases"),))
    return cards(project, decision, build(decision, policy, beside=beside))


def copied(name: str, at: Path) -> Path:
    return Path(shutil.copytree(DATASETS / name, at / name))


def dataset(folder: Path, files: dict[str, str], **facts: object) -> Path:
    """A dataset folder whose manifest names ``files``."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    card = {
        "id": "made-up", "version": "1", "licence": "internal use only", "use_case": "review",
        "language": "en", "synthetic": False, "cases": 1_200, "intended_use": "Trying.",
        "limits": ["One firm."], "files": {n: sha256(t.encode()) for n, t in files.items()},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(card | facts))
    return folder


def read(folder: Path) -> Card:
    return Card.model_validate_json((folder / "manifest.json").read_bytes())


def seed_entry(digest: str) -> Entry:
    payload = {
        "run_id": "a", "commitment": "c" * 64, "dataset": "made-up", "dataset_digest": digest,
    }  # fmt: skip
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return Entry(seq=1, kind="seed", at=at, payload=payload, previous="0" * 64, digest="1" * 64)


class TestShipped:
    @pytest.mark.parametrize("name", SHIPPED)
    def test_each_readme_is_a_whole_dataset_card(self, name: str):
        head = DatasetCard((DATASETS / name / "README.md").read_text(encoding="utf-8")).data
        wanted = metadata(read(DATASETS / name))

        assert [] == [key for key in NEEDED if not head.get(key)]
        alike = ("license", "language", "size_categories", "pretty_name")
        assert {key: wanted[key] for key in alike} == {key: head.get(key) for key in alike}

    @pytest.mark.parametrize("name", SHIPPED)
    def test_a_card_that_is_whole_is_taken_byte_for_byte(self, name: str):
        folder = DATASETS / name
        stands = (folder / "README.md").read_text(encoding="utf-8")
        taken = dataset_card(huggingface_hub, folder, read(folder), ())
        vouched = "README.md" in read(folder).files

        assert taken == (stands if vouched else f"{stands.rstrip()}\n\n{UNNAMED}\n")


class TestModelCard:
    def test_the_hub_reads_every_clause_that_a_number_decides(self, decision: Decision, made):
        head = ModelCard(made["README.md"].decode()).data
        worst = {c.id: c.slices[0] for c in decision.clauses}
        found = {one.metric_args["clause"]: one for one in head.eval_results}

        assert list(worst) == list(found)
        assert {c.id: c.effective for c in decision.clauses} == head["govern"]["clauses"]
        for name, part in worst.items():
            if isinstance(part.estimate, Undefined):
                assert found[name].metric_value == f"no estimate: {part.estimate.reason}"
            else:
                assert part.estimate == found[name].metric_value
                ends = (found[name].metric_args["lower"], found[name].metric_args["upper"])
                assert (part.lower, part.upper) == ends
            assert part.n == found[name].metric_args["n"]
        assert {decision.run.dataset_digest} == {r.dataset_revision for r in found.values()}

    def test_the_table_has_group_interval_denominator_and_how_many_groups(self, made):
        """FAIR-1 of the golden decision, read off its JSON by hand."""
        text = made["README.md"].decode()
        [row] = [line for line in text.splitlines() if line.startswith("| FAIR-1 ")]
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]

        assert ["blocks", "Fail", "Female", "−0.0612 rating points"] == cells[1:5]
        assert re.fullmatch(r"−0\.\d{4} to −?0\.\d{4}, [\d.]+%, two-sided", cells[5])
        assert ["360 cases", "13 groups"] == cells[7:]

    def test_no_estimate_is_told_with_its_reason_and_no_interval(self, made):
        text = made["README.md"].decode()
        [row] = [line for line in text.splitlines() if line.startswith("| HOM-1 ")]

        assert "| Not assessable | All drafts |" in row
        assert "no reviews written by people were supplied" in row.lower()
        assert "| – |" in row

    def test_it_says_scope_limits_how_to_check_and_how_to_object(self, decision: Decision, made):
        text = made["README.md"].decode()

        for heading in HEADINGS:
            assert f"\n## {heading}\n" in text
        assert "- languages other than English." in text
        assert "Independent witnesses: 0." in text
        assert f"`govern verify bundle-{decision.decision_id}.zip --level 3" in text
        assert decision.run.fingerprint in text
        assert "compliant" not in text.lower()

    def test_every_link_leads_to_a_file_beside_it(self, made):
        for name, text in made.items():
            if name.endswith("README.md"):
                folder = Path(name).parent
                for link in re.findall(r"\]\((?!http)([^)#]+)\)", text.decode()):
                    assert (folder / link).as_posix() in made, (name, link)
        assert "](data/cases/croissant.json)" in made["README.md"].decode()

    def test_the_same_decision_gives_the_same_bytes(self, made, decision, policy, tmp_path):
        beside = Beside(cards=(card_of(DATASETS / "review-core-v1", "cases"),))

        assert made == cards(
            Project(tmp_path, configured=True), decision, build(decision, policy, beside=beside)
        )

    def test_groups_of_one_name_are_told_apart_by_their_attribute(self, decision, policy):
        """The worst slice is the second attribute's "other", which stands second in the table."""
        clause = decision.clauses[0]
        first = clause.slices[0].model_copy(update={"finding": None})
        parts = [
            first.model_copy(update={"slice": "race_ethnicity: other", "n": 7}),
            first.model_copy(update={"slice": "gender: other", "n": 8}),
        ]
        one = clause.model_copy(update={"slices": tuple(parts)})
        changed = decision.model_copy(update={"clauses": (one, *decision.clauses[1:])})
        text = model_card(changed, build(changed, policy), ())

        assert "| 7 cases | 2 groups |" in text
        assert 7 == results(changed)[0].n

    def test_hostile_words_stay_words(self, decision, policy, tmp_path):
        run = decision.run.model_copy(update=dict.fromkeys(("pipeline", "dataset"), HOSTILE))
        one = decision.clauses[0].model_copy(update={"title": HOSTILE, "explanation": HOSTILE})
        changed = decision.model_copy(update={"run": run, "clauses": (one, *decision.clauses[1:])})
        made = cards(Project(tmp_path, configured=True), changed, build(changed, policy))
        text = made["README.md"].decode()
        card = ModelCard(text)
        rows = [line for line in card.text.splitlines() if line.startswith("|")]
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.text)

        assert "\u202e" not in text
        assert "U+202E" in card.data.eval_results[0].metric_name
        assert {10} == {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert not re.search(r"<script|<hr|<a href=\"b\"", html)
        assert (1, 1) == (html.count("<h1>"), html.count("<table>"))


class TestDatasetCards:
    def test_a_report_names_croissant_by_digest_and_version(self, made):
        card = card_of(DATASETS / "review-core-v1", "cases")
        text = made["README.md"].decode()

        assert file_digest(DATASETS / "review-core-v1" / "croissant.json") == card.croissant.sha256
        assert VERSION == card.croissant.conforms_to
        assert card.croissant.sha256 in text

    def test_fresh_cases_get_a_card_with_the_commitment_to_their_seed(self, tmp_path):
        folder = dataset(tmp_path / "sealed", {"cases.jsonl": "{}"}, synthetic=True, licence="MIT")
        digest = file_digest(folder / "manifest.json")
        text = dataset_card(huggingface_hub, folder, read(folder), [seed_entry(digest)])
        head = DatasetCard(text).data

        assert [] == [key for key in NEEDED if not head.get(key)]
        assert ("mit", ["1K<n<10K"]) == (head["license"], head["size_categories"])
        for told in ("c" * 64, digest, "Sealed: made for one deciding run", "no Croissant file"):
            assert told in text
        assert "c" * 64 not in written(folder, [seed_entry("d" * 64)])

    def test_a_card_without_a_croissant_version_says_nothing_of_one(self, tmp_path):
        folder = dataset(tmp_path / "x", {"croissant.json": "{}"})

        assert "" == card_of(folder, "cases").croissant.conforms_to
        assert "[croissant.json](croissant.json), SHA-256" in written(folder, ())

    @pytest.mark.parametrize(
        ("head", "kept"), [("", "made-up"), ("---\npretty_name: Ours\nlicense: mit\n---\n", "Ours")]
    )
    def test_what_a_head_lacks_is_added_and_what_it_has_stays(self, tmp_path, head, kept):
        folder = dataset(tmp_path / "x", {"README.md": f"{head}# Ours\n\nText.\n"})
        card = DatasetCard(dataset_card(huggingface_hub, folder, read(folder), ()))

        assert kept == card.data["pretty_name"]
        assert ("other" if not head else "mit") == card.data["license"]
        assert (None if head else "internal-use-only") == card.data.get("license_name")
        assert ["evaluation", "anonymised"] == card.data["tags"]
        assert card.text.endswith("# Ours\n\nText.\n")

    @pytest.mark.parametrize("head", ["---\n- a list\n---\n", "---\na: [\n---\n"])
    def test_a_head_that_nobody_reads_is_one_line_of_error(self, tmp_path, head):
        folder = dataset(tmp_path / "x", {"README.md": head})

        with pytest.raises(DatasetError, match=r"README\.md: expected a card with YAML") as error:
            dataset_card(huggingface_hub, folder, read(folder), ())
        assert "\n" not in str(error.value)

    def test_a_croissant_file_that_was_changed_or_is_gone_is_refused(self, tmp_path):
        folder = copied("markers-v1", tmp_path)
        path = folder / "croissant.json"
        path.write_text(path.read_text().replace("fairness", "unfairness"))
        with pytest.raises(IntegrityError, match="changed since the manifest was made"):
            card_of(folder, "markers")
        path.unlink()
        with pytest.raises(DatasetError, match="cannot be read"):
            card_of(folder, "markers")


class TestFolder:
    def test_without_the_extra_one_line_says_what_to_install(
        self, decision, policy, tmp_path, monkeypatch
    ):
        monkeypatch.setitem(sys.modules, "huggingface_hub", None)

        with pytest.raises(InputError, match=r"pip install 'govern\[cards\]'") as error:
            cards(Project(tmp_path, configured=True), decision, build(decision, policy))
        assert "\n" not in str(error.value)

    def test_nothing_is_written_over(self, decision, policy, tmp_path):
        project, folder = Project(tmp_path, configured=True), tmp_path / "cards"
        first = write_cards(project, decision, build(decision, policy), folder)

        assert folder / "README.md" == first
        with pytest.raises(InputError, match="expected a new or empty folder"):
            write_cards(project, decision, build(decision, policy), folder)
