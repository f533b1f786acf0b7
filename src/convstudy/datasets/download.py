"""One file from one URL into a partial file, which a later call carries on with."""

import http.client
import logging
import os
import re
import socket
import ssl
import urllib.error
import urllib.request
from typing import BinaryIO

CHUNK_BYTES = 1 << 18
TIMEOUT_SECONDS = 20.0
HEAD_BYTES = 512
HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")

log = logging.getLogger(__name__)


class TransferError(Exception):
    """What one mirror did wrong, in a phrase that follows its URL and a colon."""


def transfer(url: str, part: BinaryIO) -> None:
    """Append to `part` until it holds the whole file at `url` (http or https).

    Bytes already in `part` are asked for only from there on; a server that cannot do that sends
    the file from its start. What arrived before a fault stays in `part`. Raises `TransferError`.
    """
    offset = part.seek(0, os.SEEK_END)
    try:
        with _opened(url, offset) as response:
            _receive(response, part, offset)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not offset:
            raise TransferError(_phrase(error)) from None
        part.truncate(0)  # longer than the file at the mirror: not the start of it
        transfer(url, part)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TransferError(_phrase(error)) from None


def is_html(head: bytes) -> bool:
    """Whether a file that begins with `head` is a web page, so no data set."""
    return _start(head).startswith(HTML_STARTS)


def no_data(head: bytes) -> str | None:
    """What a file that begins with `head` is in place of data, if no data set begins so."""
    if not head:
        return "an empty file"
    if is_html(head):
        return "an HTML page instead of the file"
    start = _start(head)
    if start.startswith(b"version https://git-lfs.github.com/"):
        return "a Git LFS pointer instead of the file (git lfs pull fetches that)"
    if start.startswith((b"<?xml", b"<error")):
        return "an XML page instead of the file (a server's error?)"
    if start.startswith((b'{"', b"{\n")):
        return "a JSON message instead of the file (a server's error?)"
    return None


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def _opened(url: str, offset: int) -> http.client.HTTPResponse:
    # identity: some servers otherwise unpack .gz files on the way.
    headers = {"User-Agent": "convstudy", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    request = urllib.request.Request(url, headers=headers)
    response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    return response


def _receive(response: http.client.HTTPResponse, part: BinaryIO, offset: int) -> None:
    head = response.read(HEAD_BYTES)
    # Before anything is written: a login page must not cost the partial download.
    is_page = response.headers.get_content_type() == "text/html"
    is_start = response.status != http.HTTPStatus.PARTIAL_CONTENT
    if is_page or (is_start and is_html(head)):
        raise TransferError(
            f"an HTML page with status {response.status} instead of the file"
            " (a login, error or proxy page?)"
        )
    if is_start:
        offset = 0
        part.truncate(0)
        part.seek(0)
    else:
        _check_range(response, part, offset)
        log.info("resuming at byte %d", offset)
    length = response.headers.get("Content-Length")
    total = offset + int(length) if length is not None else None
    part.write(head)
    received = _write_rest(response, part, offset + len(head), total)
    if total is not None and received != total:
        raise TransferError(f"truncated: {received} of {total} bytes")


def _write_rest(
    response: http.client.HTTPResponse, part: BinaryIO, received: int, total: int | None
) -> int:
    """Return the size of `part` at the end of the answer; log about every tenth of the way."""
    announced = received
    while chunk := response.read1(CHUNK_BYTES):
        part.write(chunk)
        received += len(chunk)
        if received - announced >= max((total or 0) // 10, 1 << 22):
            announced = received
            log.info("%.1f MB%s", received / 1e6, f" of {total / 1e6:.1f} MB" if total else "")
    part.flush()
    return received


def _check_range(response: http.client.HTTPResponse, part: BinaryIO, offset: int) -> None:
    answered = response.headers.get("Content-Range", "")
    start = re.match(r"bytes (\d+)-", answered)
    if start is None or int(start[1]) != offset:
        part.truncate(0)
        raise TransferError(f"asked for bytes from {offset}, answered {answered!r}")


def _phrase(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code} {error.reason}".rstrip()
    reason = getattr(error, "reason", error)  # URLError wraps what happened
    if isinstance(reason, TimeoutError):
        return f"timed out after {TIMEOUT_SECONDS:.0f} s without an answer"
    if isinstance(reason, socket.gaierror):
        return "host name not found (DNS; is there a network?)"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"certificate refused ({reason.verify_message})"
    if isinstance(reason, ConnectionRefusedError):
        return "connection refused"
    if isinstance(reason, http.client.IncompleteRead):
        return "truncated: the connection ended early"
    return f"{type(reason).__name__}: {reason}" if isinstance(reason, Exception) else str(reason)
