"""Downloads: what each kind of bad mirror leads to, and that nothing half-written is left."""

import hashlib
import io
import json
import logging
from pathlib import Path

import pytest

from convstudy.datasets import download, fetch
from convstudy.errors import StudyError

CONTENT = bytes(range(256)) * 4000
SUMS = {"md5": hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}
PAGE = b"\n <!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "raw" / "some" / "data.bin"


def part_of(output: Path) -> Path:
    return output.with_name("data.bin.part")


def leave_part(output: Path, content: bytes) -> None:
    output.parent.mkdir(parents=True)
    part_of(output).write_bytes(content)


def assert_only(output: Path) -> None:
    assert output.read_bytes() == CONTENT
    assert list(output.parent.iterdir()) == [output]


def refusal(output: Path, *mirrors: str, sums: dict = SUMS) -> str:
    with pytest.raises(StudyError) as caught:
        fetch.fetch("some", output, sums, list(mirrors))
    assert not output.exists()
    return str(caught.value)


def test_downloads_and_checks(server, output):
    sums = SUMS | {"sha256": hashlib.sha256(CONTENT).hexdigest().upper()}
    fetch.fetch("some", output, sums, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == [None]


def test_resumes_a_partial_download(server, output):
    leave_part(output, CONTENT[:1000])
    fetch.fetch("some", output, SUMS, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == ["bytes=1000-"]


def test_starts_over_where_the_server_ignores_ranges(server, output):
    leave_part(output, b"x" * 1000)
    fetch.fetch("some", output, SUMS, [server.serve("/some/data.bin", CONTENT, ranges=False)])
    assert_only(output)


def test_starts_over_after_a_partial_of_another_file(server, output):
    leave_part(output, b"x" * 1000)
    fetch.fetch("some", output, SUMS, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == ["bytes=1000-", None]


def test_starts_over_after_a_partial_longer_than_the_file(server, output):
    leave_part(output, CONTENT + b"more")
    fetch.fetch("some", output, SUMS, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == [f"bytes={len(CONTENT) + 4}-", None]


def test_a_whole_partial_is_not_asked_for_again(server, output):
    leave_part(output, CONTENT)
    fetch.fetch("some", output, SUMS, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == []


def test_a_broken_connection_is_resumed_at_the_same_mirror(server, output):
    folder = server.serve("/some/data.bin", CONTENT)
    whole = server.handlers["/some/data.bin"]

    def first_time(request) -> None:
        server.handlers["/some/data.bin"] = whole
        request.send_response(200)
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT[:5000])

    server.handlers["/some/data.bin"] = first_time
    fetch.fetch("some", output, SUMS, [folder])
    assert_only(output)
    assert server.ranges == [None, "bytes=5000-"]


def test_a_wrong_range_is_not_appended(server, output):
    leave_part(output, CONTENT[:1000])

    def wrong(request) -> None:
        request.send_response(206)
        request.send_header("Content-Range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")
        request.end_headers()
        request.wfile.write(CONTENT)

    server.handlers["/some/data.bin"] = wrong
    assert "asked for bytes from 1000" in refusal(output, f"{server.url}/some")
    assert not part_of(output).exists()


@pytest.mark.parametrize(
    ("kind", "page"),
    [("text/html; charset=utf-8", b"Please log in"), ("application/x-gzip", PAGE)],
)
def test_a_page_with_status_200_is_refused_and_the_partial_kept(server, output, kind, page):
    leave_part(output, CONTENT[:1000])
    folder = server.serve("/some/data.bin", page, ranges=False, Content_Type=kind)
    message = refusal(output, folder)
    assert f"{folder}/data.bin: an HTML page with status 200" in message
    assert part_of(output).read_bytes() == CONTENT[:1000]


def test_a_page_is_refused_without_a_checksum(server, output):
    folder = server.serve("/some/data.bin", PAGE, Content_Type="application/octet-stream")
    assert "an HTML page" in refusal(output, folder, sums={})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "a Git LFS pointer",
        ),
        (b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "an XML page"),
        (b"\xef\xbb\xbf<html>", "an HTML page"),
        (b'{"message": "not found"}', "a JSON message"),
    ],
)
@pytest.mark.parametrize("where", ["server", "folder"])
def test_what_lies_there_in_place_of_data_is_named(server, output, tmp_path, content, said, where):
    folder = str(tmp_path / "mirror")
    if where == "server":
        folder = server.serve("/some/data.bin", content, Content_Type="application/octet-stream")
    else:
        (tmp_path / "mirror").mkdir()
        (tmp_path / "mirror/data.bin").write_bytes(content)
    assert said in refusal(output, folder, sums={})
    assert not output.exists()


def test_a_truncated_file_is_kept_for_resuming(server, output):
    folder = server.serve(
        "/some/data.bin", CONTENT[:3000], ranges=False, Content_Length=str(len(CONTENT))
    )
    assert f"truncated: 3000 of {len(CONTENT)} bytes" in refusal(output, folder)
    assert part_of(output).read_bytes() == CONTENT[:3000]


def test_a_wrong_checksum_discards_the_partial(server, output):
    folder = server.serve("/some/data.bin", CONTENT[:-1] + b"x")
    message = refusal(output, folder)
    assert "wrong checksum (md5 " in message
    assert f"expected {SUMS['md5']}" in message
    assert list(output.parent.iterdir()) == []


def test_mirrors_are_tried_in_order_with_one_line_each(server, output, tmp_path, caplog):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "data.bin").write_bytes(b"other")
    mirrors = [
        str(tmp_path / "none"),
        (tmp_path / "other").as_uri(),
        "http://127.0.0.1:9/x",
        "s3://bucket",
        f"{server.url}/missing/",
        server.serve("/some/data.bin", CONTENT),
    ]
    with caplog.at_level(logging.WARNING):
        fetch.fetch("some", output, SUMS, mirrors)
    assert_only(output)
    assert [record.getMessage().partition(" (md5")[0] for record in caplog.records] == [
        f"{tmp_path}/none/data.bin: no such file",
        f"{tmp_path}/other/data.bin: wrong checksum",
        "http://127.0.0.1:9/x/data.bin: connection refused",
        "s3://bucket/data.bin: s3:// is not supported (http, https, file or a folder)",
        f"{server.url}/missing/data.bin: HTTP status 404 Not Found",
    ]


def test_no_mirror_works(server, output, tmp_path):
    message = refusal(output, str(tmp_path), "http://no-such-host.invalid", f"{server.url}/a")
    first, *faults, remedy = message.splitlines()
    assert first == "some/data.bin could not be fetched from any mirror."
    assert len(faults) == 3
    assert "no-such-host.invalid/data.bin: host name not found" in faults[1]
    assert "DIR/some/data.bin" in remedy
    assert "data_mirror=DIR" in remedy
    assert SUMS["md5"] in remedy
    assert list(output.parent.iterdir()) == []


def test_no_mirror_configured(output):
    assert "no mirror is configured" in refusal(output)


def test_a_silent_server_times_out(server, output, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.05)
    waiting = []

    def silent(request) -> None:
        request.rfile.read(1)  # until the client hangs up
        waiting.append(True)

    server.handlers["/some/data.bin"] = silent
    assert "timed out" in refusal(output, f"{server.url}/some")


@pytest.mark.parametrize("as_url", [True, False])
def test_local_folders(output, tmp_path, as_url):
    folder = tmp_path / "a mirror" / "some"
    folder.mkdir(parents=True)
    (folder / "data.bin").write_bytes(CONTENT)
    fetch.fetch("some", output, SUMS, [folder.as_uri() if as_url else str(folder)])
    assert_only(output)


def test_without_checksum_nothing_is_resumed_and_the_sum_is_logged(server, output, caplog):
    leave_part(output, b"x" * 1000)
    with caplog.at_level(logging.INFO):
        fetch.fetch("some", output, {}, [server.serve("/some/data.bin", CONTENT)])
    assert_only(output)
    assert server.ranges == [None]
    assert hashlib.sha256(CONTENT).hexdigest() in caplog.text


def test_two_downloads_of_one_file_do_not_meet(server, output):
    with fetch._partial(part_of(output)) as part:
        part.write(b"mine")
        part.flush()
        message = refusal(output, server.serve("/some/data.bin", CONTENT))
        assert "another convstudy fetch" in message
        assert part_of(output).read_bytes() == b"mine"


def test_an_unknown_checksum_is_named(output):
    assert "datasets.some.files.data.bin: checksum crc is unknown" in refusal(
        output, "/x", sums={"crc": "0"}
    )


def test_as_a_command(output, tmp_path, monkeypatch):
    (tmp_path / "data.bin").write_bytes(CONTENT)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(SUMS)))
    mirrors = json.dumps({"some": [str(tmp_path)], "other": []})
    fetch.main(["--dataset", "some", "--mirrors", mirrors, "--output", str(output)])
    assert output.read_bytes() == CONTENT
    noted = output.with_name("data.bin.sha256").read_text()
    assert noted == hashlib.sha256(CONTENT).hexdigest() + "\n"
