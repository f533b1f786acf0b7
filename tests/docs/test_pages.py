"""What README.md and docs/ say: commands that run, links that lead somewhere, figures of files."""

import re
import shlex
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import sample
from checkout import ROOT, Checkout

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("config/*.md")),
    *sorted(ROOT.glob("docs/*.md")),
]
REPORTS = [ROOT / f"docs/sample/{scale}/report.md" for scale in ("quick", "small", "real", "full")]
PROGRAMS = ("snakemake", "make", "convstudy", "python", "pytest")
# What no dry run can show, and the tests that run it.
ELSEWHERE = {
    "profiles/slurm": "cluster/one_node.py",
    "--report": "workflow/test_snakemake_report.py",
    "--cores 2 report.html": "docs/test_extending.py",
    "make_images.py": "docs/test_extending.py",
}
NOT_HERE = ("--logger rich",)  # a plugin that is in no lock


def commands():
    """In blocks line by line; in a sentence if more than the name of a program."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
        lines = [
            line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()
        ]
        lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
        for line in lines:
            line = line.removeprefix("time ")
            program, _, rest = line.partition(" ")
            is_message = rest.partition(" ")[0].endswith(":")
            if program in PROGRAMS and rest and "…" not in line and not is_message:
                found.append(line)
    return sorted({line for line in found if not any(plugin in line for plugin in NOT_HERE)})


def without_effect(command):
    """The command as far as it can be tried: a dry run, or the help of a script."""
    program, *arguments = shlex.split(command)
    if program == "make":
        return ["make", "--dry-run", *arguments]
    if program == "snakemake":
        if "--allowed-rules" in arguments:  # of a study that is there already; here none is
            arguments = arguments[: arguments.index("--allowed-rules")]
        return [sys.executable, "-m", "snakemake", "--dry-run", *arguments]
    if program == "convstudy":
        return [str(Path(sys.executable).with_name("convstudy")), arguments[0], "--help"]
    if program == "pytest":
        return [sys.executable, "-m", "pytest", "--collect-only", *arguments]
    if arguments[0] in ("-c", "-m"):
        return [sys.executable, *arguments]
    return [sys.executable, arguments[0], "--help"]


@pytest.mark.parametrize("command", commands())
def test_every_command_runs(command, tmp_path):
    for part, test in ELSEWHERE.items():
        if part in command:
            assert part.split()[-1].strip("-") in (ROOT / "tests" / test).read_text()
            return
    if command.startswith(("make", "pytest")):
        folder = ROOT
    else:
        folder = Checkout(tmp_path, "src", "benchmarks", "docs/sample/full.yaml").folder
    done = subprocess.run(
        without_effect(command),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_commands_are_found():
    programs = Counter(line.split()[0] for line in commands())
    assert programs.keys() == set(PROGRAMS)
    assert programs["snakemake"] > 8


@cache
def anchors(page):
    """Ids of headings as GitHub gives them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CHANGELOG.md", *REPORTS], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


def test_the_results_of_the_readme_are_those_of_the_sample():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sample.table_of(ROOT / "docs/sample" / sample.IN_README) in readme


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.parent.name)
def test_the_readme_counts_the_decided_claims_as_the_reports_do(report):
    counts = "Claims that hold: ([0-9]+) of ([0-9]+); that do not: ([0-9]+);"
    held, all_, not_held = map(int, re.search(counts, report.read_text("utf-8")).groups())
    link = f"[{held + not_held} of {all_} claims]({report.relative_to(ROOT).as_posix()})"
    assert link in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_of_the_workflow_is_that_of_the_workflow(checkout):
    """Without arrows that follow from others: what is reached from where is compared."""
    drawn = (ROOT / "docs/pictures/dag.svg").read_text(encoding="utf-8")
    nodes = dict(re.findall(r"<title>(\d+)</title>.*?>(\w+)</text>", drawn, re.S))
    edges = re.findall(r"<title>(\d+)&#45;&gt;(\d+)</title>", drawn)
    graph = checkout.snakemake("report.html", "--rulegraph", "dot", "--config", "scale=full").stdout
    rules = dict(re.findall(r'(\d+)\[label = "(\w+)"', graph))
    arrows = re.findall(r"(\d+) -> (\d+)", graph)
    assert set(nodes.values()) == set(rules.values())
    assert reached(nodes, edges) == reached(rules, arrows)


def reached(names, edges):
    """All pairs of rules of which the second needs the first, directly or not."""
    pairs = {(names[a], names[b]) for a, b in edges}
    while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
        pairs |= more
    return pairs


def test_messages_of_the_troubleshooting_page_are_those_of_the_sources():
    """Those that are ours; each part between what varies has to stand in some source."""
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("workflow/**/*.py"), ROOT / "Makefile"]
    said = " ".join(path.read_text(encoding="utf-8") for path in sources)
    said = re.sub(r'"\s*f?"', "", said)  # strings that go on in the next line
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    ours = re.findall(r"(?:^|`)(?:convstudy \w+|make report): (.+?)(?:`|$)", page, re.M)
    assert len(ours) > 5
    varies = r"…|\([^)]*\)|\b\d+\b|\S+/\S+|\w+\.(?:md|json)|\bSIG\w+\b|\bDIR\b"
    for message in ours:
        for part in re.split(varies, message):
            assert part.strip(" .,:") in said, message
