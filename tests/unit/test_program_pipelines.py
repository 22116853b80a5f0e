"""Functions and commands in processes of their own: limits, what they may see, how they die."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from govern.canon import file_digest
from govern.errors import ManifestError, RunError
from govern.pipelines import fingerprint, open_pipeline
from govern.pipelines.answers import from_reply
from govern.pipelines.child import Child
from govern.pipelines.pool import Pool
from govern.pipelines.programs import ProcessSettings, Program
from govern.testing.pipelines import closing, request

LOOP = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    number, name = asked["id"], asked["packet"]["name"]
"""


def manifest(folder: Path, kind: str, **settings: object) -> Path:
    path = folder / "p.yaml"
    fields = {"id": "pp", "version": "1", "kind": kind, "description": "d", "settings": settings}
    path.write_text(json.dumps(fields))
    return path


def function(folder: Path, code: str, **settings: object):
    (folder / "f.py").write_text(code)
    one = {"function": "f:draft", "slots": 1} | settings
    return open_pipeline(manifest(folder, "python", **one))


def command(folder: Path, code: str, **settings: object):
    (folder / "c.py").write_text(code)
    one = {"command": [sys.executable, "c.py"], "slots": 1} | settings
    return open_pipeline(manifest(folder, "command", **one))


async def started(folder: Path, code: str) -> Child:
    (folder / "c.py").write_text(code)
    argv = (sys.executable, "c.py")
    return await Child.start(Program(argv, folder, {}, ProcessSettings()))


def drafts(pipeline, *names):
    """One after another, in one life of its processes."""

    async def all_of_them():
        return [await pipeline.draft(request(name)) for name in names]

    return closing(pipeline, all_of_them)


def test_a_function_that_takes_too_much_memory_fails_its_draft_and_no_other(tmp_path):
    code = """
def draft(packet):
    if packet["name"] == "Big":
        bytearray(2**30)
    return "Fine.\\nRating: 3"
"""
    big, small = drafts(function(tmp_path, code, memory_mb=300), "Big", "Small")

    assert ("failed", "memory limit of 300 MB") == (big.status, big.error)
    assert ("ok", 3) == (small.status, small.rating)


def test_a_function_that_takes_too_long_fails_its_draft_and_its_process_is_gone(tmp_path):
    code = """
import os, time
def draft(packet):
    with open(__file__ + ".pid", "w") as file:
        file.write(str(os.getpid()))
    time.sleep(600)
"""
    pipeline = function(tmp_path, code, timeout_s=2)

    [slow] = drafts(pipeline, "Slow")

    assert ("failed", "time limit: no answer within 2 s") == (slow.status, slow.error)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "f.py.pid").read_text()), 0)


def test_a_function_that_computes_without_end_meets_the_limit_of_cpu_time(tmp_path):
    [busy] = drafts(function(tmp_path, "def draft(packet):\n    while 1: pass", cpu_s=1), "Busy")

    assert "failed" == busy.status
    assert "time limit: 1 s of CPU" in busy.error


def test_what_a_function_prints_reads_raises_or_returns_never_breaks_the_protocol(tmp_path):
    code = r"""
import asyncio, os, sys
class Number:
    def item(self): return 4
async def soon(packet):
    await asyncio.sleep(0)
    return f"{packet['name']}.\nRating: 2"
def draft(packet):
    print('{"id": "x"}'); os.write(1, b"raw\n"); sys.stdout.flush()
    return {
        "Reads": lambda: "read " + repr(sys.stdin.read()),
        "Exits": lambda: sys.exit(3),
        "Raises": lambda: 1 / 0,
        "Numbers": lambda: {"text": "t", "rating": Number()},
        "Bytes": lambda: b"t",
        "Halves": lambda: {"text": "\ud800", "rating": 3},
        "Soon": lambda: soon(packet),
        "None": lambda: None,
        "Usage": lambda: {"text": "t", "usage": {"input_tokens": -1.5}},
        "Cites": lambda: {"text": "t\nRating: 3", "citations": ["E1"], "model": "m",
                          "usage": {"output_tokens": 7, "cost_usd": 0.5}},
    }[packet["name"]]()
"""
    names = "Reads Exits Raises Numbers Bytes Halves Soon None Usage Cites".split()
    said = dict(zip(names, drafts(function(tmp_path, code), *names), strict=True))

    assert "read ''" == said["Reads"].text
    assert "SystemExit: 3" == said["Exits"].error
    assert "ZeroDivisionError: division by zero" == said["Raises"].error
    assert ("ok", 4) == (said["Numbers"].status, said["Numbers"].rating)
    assert "found bytes" in said["Bytes"].error
    assert "lone surrogates" in said["Halves"].error
    assert ("Soon.", 2) == (said["Soon"].text, said["Soon"].rating)
    assert "expected text, or a dict with 'text', found NoneType" == said["None"].error
    assert "input_tokens" in said["Usage"].error
    cites = said["Cites"]
    assert (("E1",), 7, 0.5) == (cites.citations, cites.usage.output_tokens, cites.usage.cost_usd)
    assert ("m", 3) == (cites.returned.model, cites.rating)


def test_a_process_gets_no_variable_that_nobody_named_and_its_secret_stays_unsaid(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
    monkeypatch.setenv("MY_TOKEN", "s3cr3t-token")
    code = """
import os
def draft(packet):
    raise ValueError(f"{os.environ.get('GOVERN_KEY_PASSPHRASE')} {os.environ['MY_TOKEN']}")
"""
    [draft] = drafts(function(tmp_path, code, env=["MY_TOKEN"]), "Ada")

    assert "ValueError: None [MY_TOKEN]" == draft.error
    monkeypatch.delenv("MY_TOKEN")
    with pytest.raises(ManifestError, match=r"settings\.env: set MY_TOKEN in the environment"):
        function(tmp_path, code, env=["MY_TOKEN"])


KEY = "sk-0123456789-secret-0123456789"


REPEATS = {
    "Fails": "{'status': 'failed', 'error': '401 for ' + key}",
    "Refuses": "{'status': 'refused', 'text': 'e' * 480 + key}",
    "Status": "{'status': key}",
    "Text": "{'text': [key]}",
    "Cites": "{'text': 't', 'citations': 'c' * 60 + key}",
    "Usage": "{'text': 't', 'usage': {'input_tokens': 'n' * 40 + key}}",
    "Model": "{'text': 't', 'model': [key]}",
}
CUT = {
    "Raises": "int('e' * 440 + key)",
    "Prints": "print('d' * 100 + key)",
    "Answers": "print(json.dumps({'id': 'i' * 60 + key}))",
}


def test_no_part_of_a_secret_stands_in_an_error_wherever_it_is_cut(tmp_path, monkeypatch):
    """Half a key is found by no search for the whole: it is taken out first, and cut then."""
    monkeypatch.setenv("DRAFTING_KEY", KEY)
    said = ", ".join(f"'{name}': lambda: {reply}" for name, reply in (REPEATS | CUT).items())
    code = f"import json, os\nkey = os.environ['DRAFTING_KEY']\nsaid = {{{said}}}\n"
    named = "def draft(packet):\n    return said[packet['name']]()\n"
    told = "    print(json.dumps({'id': number, **(said[name]() or {})}), flush=True)\n"
    opened = [
        function(tmp_path, code + named, env=["DRAFTING_KEY"]),
        command(tmp_path, code + LOOP + told, env=["DRAFTING_KEY"]),
    ]

    for pipeline, names in zip(opened, ([*REPEATS, "Raises"], [*REPEATS, *CUT]), strict=True):
        for draft in drafts(pipeline, *names):
            assert draft.status in ("failed", "refused")
            assert [] == [n for n in range(len(KEY) - 5) if KEY[n : n + 6] in draft.error]


def test_what_a_refusal_cost_and_who_refused_is_told_with_it(tmp_path):
    """Else a limit on what a run may cost would not see what is paid for no draft."""
    said = {"status": "refused", "error": "no", "usage": {"cost_usd": 0.5}, "model": "m-1"}

    [draft] = drafts(function(tmp_path, f"def draft(packet):\n    return {said}"), "Ann")

    assert ("refused", "no", 0.5) == (draft.status, draft.error, draft.usage.cost_usd)
    assert "m-1" == draft.returned.model


def test_what_a_program_says_in_a_draft_is_left_as_it_is(tmp_path, monkeypatch):
    """A variable may name the model: hidden, today's would be called the same as any other."""
    monkeypatch.setenv("MY_MODEL", "drafter-7")
    said = {"text": "By drafter-7.", "rating": 3, "model": "drafter-7"}
    code = f"def draft(packet):\n    return {said}"

    [draft] = drafts(function(tmp_path, code, env=["MY_MODEL"]), "Ann")

    assert ("By drafter-7.", "drafter-7") == (draft.text, draft.returned.model)


def test_what_a_program_says_beside_its_draft_is_not_taken_for_what_it_cannot_be(tmp_path):
    code = """
def draft(packet):
    return {
        "Refuses": {"text": "I cannot write this review.", "rating": None},
        "True": {"text": "t", "rating": True},
        "Vast": {"text": "t", "rating": 10**400},
        "Owed": {"text": "t", "usage": {"input_tokens": -5}},
        "Dear": {"text": "t", "usage": {"output_tokens": 10**30}},
        "Half": {"text": "t", "rating": 3, "model": chr(0xD800)},
    }[packet["name"]]
"""
    names = "Refuses True Vast Owed Dear Half".split()
    said = dict(zip(names, drafts(function(tmp_path, code), *names), strict=True))

    assert ("refused", "I cannot write this review.") == (
        said["Refuses"].status,
        said["Refuses"].error,
    )
    for name in ("True", "Vast"):
        assert ("ok", None) == (said[name].status, said[name].rating)
    assert "input_tokens" in said["Owed"].error
    assert "output_tokens" in said["Dear"].error
    assert ("ok", "?") == (said["Half"].status, said["Half"].returned.model)


def test_what_importing_a_function_starts_is_ended_and_not_waited_for(tmp_path):
    """It held the process's standard error open, and was waited for until the time was up."""
    code = """
import subprocess
helper = subprocess.Popen(["sleep", "600"])
with open(__file__ + ".pid", "w") as file:
    file.write(str(helper.pid))
def draft(packet):
    return "t"
"""
    function(tmp_path, code)

    helper = int((tmp_path / "f.py.pid").read_text())
    try:
        left = os.pidfd_open(helper)
    except ProcessLookupError:
        return
    ended, _, _ = select.select([left], [], [], 60)
    os.close(left)
    assert ended


def test_a_modules_file_of_a_standard_name_beside_the_manifest_is_the_one_that_runs(tmp_path):
    """The worker's own folder holds a module called http, too: neither may be taken for another."""
    (tmp_path / "http.py").write_text("SAID = 'ours'")
    pipeline = function(tmp_path, "import http\ndef draft(packet):\n    return http.SAID")

    assert "ours" == drafts(pipeline, "Ada")[0].text
    assert {"f.py", "http.py"} == set(pipeline.manifest.digests)


def test_a_function_whose_file_changed_since_it_was_opened_does_not_draft(tmp_path):
    pipeline = function(tmp_path, "def draft(packet):\n    return 'a'")
    (tmp_path / "f.py").write_text("def draft(packet):\n    return 'b'")

    with pytest.raises(RunError, match="its files changed since it was opened"):
        drafts(pipeline, "Ada")


def test_what_a_function_leaves_running_does_not_keep_the_run_from_ending(tmp_path):
    code = """
import subprocess
def draft(packet):
    return str(subprocess.Popen(["sleep", "600"], start_new_session=True).pid)
"""
    [draft] = drafts(function(tmp_path, code), "Ada")

    assert "ok" == draft.status
    os.kill(int(draft.text), signal.SIGKILL)


STAYS = f"""{LOOP}
    print(json.dumps({{"id": number, "text": "t"}}), flush=True)
    break
__import__("time").sleep(20)
"""


def test_a_program_is_ended_though_whoever_closes_it_is_cancelled(tmp_path):
    pool = Pool(partial(started, tmp_path, STAYS), processes=1, slots=1)

    async def cancelled() -> int | None:
        await pool.ask("c1", {"packet": {"name": "Ada"}})
        [lane] = pool._lanes
        closing = asyncio.create_task(pool.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        return await lane.child._process.wait()

    assert -signal.SIGKILL == asyncio.run(cancelled())


def test_who_closes_second_waits_for_what_the_first_ends(tmp_path):
    pool = Pool(partial(started, tmp_path, STAYS), processes=1, slots=1)

    async def both() -> int | None:
        await pool.ask("c1", {"packet": {"name": "Ada"}})
        [lane] = pool._lanes
        first = asyncio.create_task(pool.close())
        await asyncio.sleep(0)
        await pool.close()
        ended = lane.child._process.returncode
        await first
        return ended

    assert -signal.SIGKILL == asyncio.run(both())


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from govern.pipelines import open_pipeline
from govern.testing.pipelines import request

async def main():
    asking = asyncio.create_task(open_pipeline(Path("p.yaml")).draft(request()))
    while not Path("f.py.pid").exists():
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_function_does_not_go_on_for_a_run_that_was_killed(tmp_path):
    code = """
import os, time
def draft(packet):
    with open(__file__ + ".part", "w") as file:
        file.write(str(os.getpid()))
    os.rename(__file__ + ".part", __file__ + ".pid")
    time.sleep(600)
"""
    function(tmp_path, code)

    subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, check=False)

    try:
        left = os.pidfd_open(int((tmp_path / "f.py.pid").read_text()))
    except ProcessLookupError:
        return
    ended, _, _ = select.select([left], [], [], 60)
    os.close(left)
    assert ended


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("print('Loading')", 'expected a line {"id": …, "text": …} on standard output, found '),
        ("print('[1]')", "found '[1]'"),
        ("print(json.dumps({'id': 'other', 'text': 't'}))", "is none that was asked: 'other'"),
        ("print(json.dumps({'id': number}))", "expected a dict with 'text', found nothing"),
        ("print('x' * 9_000_000)", "chunk exceed the limit"),
        ("print(json.dumps({'id': number, 'status': 'failed', 'error': 'no'}))", "no"),
        ("print(json.dumps({'id': number, 'status': 'fine'}))", "found 'fine'"),
        ("sys.exit('no weights')", "it ended without an answer: exit status 1: no weights"),
        ("import os; os.abort()", "it ended without an answer: SIGABRT"),
        ("x = bytearray(2**32)", "it ended without an answer: memory limit of 500 MB"),
        ("sys.stdout.close(); import os; os.close(1); input()", "it closed its standard output"),
    ],
)
def test_what_a_command_writes_or_dies_of_instead_of_a_draft_is_a_failed_draft(
    tmp_path, code, error
):
    [draft] = drafts(
        command(tmp_path, f"{LOOP}    {code}\n    sys.stdout.flush()", memory_mb=500), "Ada"
    )

    assert "failed" == draft.status
    assert error in draft.error


def test_the_program_that_is_digested_is_the_one_that_runs(tmp_path, monkeypatch):
    """A path of the environment may be relative: to here, while it runs beside the manifest."""
    told = "import sys, json\nfor line in sys.stdin:\n    number = json.loads(line)['id']\n"
    for folder, word in ((tmp_path, "found"), (tmp_path / "pipelines", "another")):
        folder.mkdir(exist_ok=True)
        says = f"    print(json.dumps({{'id': number, 'text': '{word}'}}), flush=True)\n"
        (folder / "drafter").write_text(f"#!{sys.executable}\n{told}{says}")
        (folder / "drafter").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")

    pipeline = open_pipeline(manifest(tmp_path / "pipelines", "command", command=["drafter"]))

    assert file_digest(tmp_path / "drafter") == pipeline.manifest.digests["drafter"]
    assert "found" == drafts(pipeline, "Ann")[0].text


def test_a_program_in_an_argument_is_no_file_however_long_it_is(tmp_path):
    """A name of over 255 bytes cannot even be looked up."""
    code = f"{LOOP}    print(json.dumps({{'id': number, 'text': 't'}}), flush=True)"
    told = [sys.executable, "-c", f"{code}{' ' * 300}"]

    assert "ok" == drafts(command(tmp_path, "", command=told), "Ann")[0].status


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_what_no_text_can_hold_is_refused_where_it_stands(tmp_path, name):
    with pytest.raises(ManifestError, match="found NUL or half a character"):
        open_pipeline(manifest(tmp_path, "command", command=["python3"], files=[name]))


def test_what_kills_a_command_once_is_asked_again_and_what_kills_it_always_is_an_outage(tmp_path):
    code = f"""
import os
{LOOP}
    if name == "Once" and not os.path.exists("died"):
        open("died", "w").close()
        sys.exit(1)
    if name == "Always":
        sys.exit(1)
    if name == "Later":
        sys.exit(75)
    print(json.dumps({{"id": number, "text": name, "rating": 3}}), flush=True)
"""
    pipeline = command(tmp_path, code)

    statuses = [d.status for d in drafts(pipeline, "Once", "Always", "Ada", "Always", "Always")]
    assert ["ok", "failed", "ok", "failed", "failed"] == statuses
    with pytest.raises(RunError, match="exit status 1"):
        drafts(pipeline, "Always", "Always", "Always")
    with pytest.raises(RunError, match="exit status 75"):
        drafts(pipeline, "Later")


def test_several_drafts_in_one_process_survive_the_one_that_takes_too_long(tmp_path):
    code = f"""
import threading, time
def answer(number, name):
    if name == "Slow":
        time.sleep(600)
    print(json.dumps({{"id": number, "text": name}}), flush=True)
{LOOP}
    threading.Thread(target=answer, args=[number, name], daemon=True).start()
"""
    pipeline = command(tmp_path, code, slots=3, processes=1, timeout_s=3)

    async def at_once():
        return await asyncio.gather(*(pipeline.draft(request(n)) for n in ("Slow", "Ada", "Bo")))

    slow, *others = closing(pipeline, at_once)
    assert "failed" == slow.status
    assert ["Ada", "Bo"] == [draft.text for draft in others]


def test_a_command_whose_files_changed_since_it_was_opened_does_not_draft(tmp_path):
    pipeline = command(tmp_path, LOOP)
    before = fingerprint(pipeline.manifest)
    (tmp_path / "c.py").write_text(f"{LOOP}    pass")

    assert before != fingerprint(open_pipeline(tmp_path / "p.yaml").manifest)
    with pytest.raises(RunError, match=r"c\.py changed since the pipeline was opened"):
        drafts(pipeline, "Ada")


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        (
            {"command": ["no-such-program"]},
            "no program 'no-such-program' that can be run on the PATH",
        ),
        ({"command": ["./c.py"]}, "no program './c.py' that can be run in "),
        ({"command": []}, "settings: command"),
        ({"command": ["env"], "files": ["gone.txt"]}, "gone.txt: cannot be read"),
        ({"command": ["env"], "slots": 2, "processes": 3}, "3 processes for 2 slots"),
        ({"command": ["env"], "shell": True}, "unknown setting(s) shell"),
    ],
)
def test_a_command_that_cannot_be_started_is_refused_with_its_reason(tmp_path, settings, error):
    (tmp_path / "c.py").write_text("")

    with pytest.raises(ManifestError) as refused:
        open_pipeline(manifest(tmp_path, "command", **settings))

    assert error in str(refused.value)


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_what_is_no_draft_says_what_it_cost_all_the_same(status):
    """A limit on tokens would else not hold for whoever refuses."""
    used = {"input_tokens": 90, "output_tokens": 10}
    told = partial(from_reply, rating_line="Rating:", latency_s=1.0, hide=str)
    read = told({"status": status, "error": "no", "usage": used})
    less = told({"status": status, "usage": {"input_tokens": -90}})

    assert (status, 100) == (read.status, read.usage.input_tokens + read.usage.output_tokens)
    assert ("failed", True) == (less.status, "input_tokens" in str(less.error))
