"""A web server on the loopback interface, and the real files where they are."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[3].parent / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real files are absent: {SHARED_DATA}")
    return SHARED_DATA


class Server:
    """Answers by `handlers[path](request)` and keeps the Range header of each request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.handlers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.ranges: list[str | None] = []

    def serve(self, path: str, content: bytes, ranges: bool = True, **headers: str) -> str:
        """Serve `content` whole, or from where the client asks if `ranges`; return the folder."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            asked = request.headers.get("Range") if ranges else None
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            if asked and start >= len(content):
                request.send_error(416)
                return
            request.send_response(206 if asked else 200)
            if asked:
                request.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            for name, value in ({"Content_Length": str(len(content) - start)} | headers).items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(content[start:])

        self.handlers[path] = answer
        return self.url + path.rpartition("/")[0]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.ranges.append(self.headers.get("Range"))
            handler = served.handlers.get(self.path)
            if handler:
                handler(self)
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        served = Server(f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        http.shutdown()
        thread.join()
