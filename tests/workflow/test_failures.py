"""What failed is said again after everything that Snakemake prints."""

import pytest

from failures import messages

BLOCK = (
    "Error in rule train:\n    message: None\n    jobid: {}\n"
    "    log: {} (check log file(s) for error details)\n"
)


@pytest.fixture
def session(tmp_path):
    """The log of a Snakemake whose jobs 0, 1 and 2 failed: one spoke, one did not, one has no log."""
    (tmp_path / "0").write_bytes(b"\xe9poch 1\nconvstudy train: no.\n  Do this.\n")
    (tmp_path / "1").write_text("epoch 1\n")
    path = tmp_path / "main.log"
    path.write_text("".join(BLOCK.format(job, tmp_path / str(job)) for job in (0, 1, 2, 0)))
    return path


def test_each_failed_job_speaks_once_and_one_without_a_message_is_named(session):
    here = session.parent
    assert list(messages([str(session)])) == [
        f"convstudy train: no.\n  Do this.\n  log: {here}/0",
        f"ended without a message; see above\n  log: {here}/1",
        f"ended without a message; see above\n  log: {here}/2",
    ]


def test_a_job_that_succeeded_at_last_did_not_fail(session):
    with session.open("a") as file:
        file.write("Finished jobid: 1 (Rule: train)\nFinished jobid: 20 (Rule: train)\n")
    assert [said.rpartition("/")[2] for said in messages([str(session)])] == ["0", "2"]


def test_the_log_of_an_executor_stands_behind_ours(session):
    session.write_text(BLOCK.format(0, f"{session.parent}/0, /somewhere/slurm.log"))
    assert [said.splitlines()[0] for said in messages([str(session)])] == ["convstudy train: no."]


def test_without_a_log_of_snakemake_nothing_is_said(tmp_path):
    assert not list(messages([])) and not list(messages([str(tmp_path / "gone.log")]))
