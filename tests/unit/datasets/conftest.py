"""Small data sets made in the tests' own folder, and a web server on the loopback interface."""

import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

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
            for name, value in ({"Content-Length": str(len(content) - start)} | headers).items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(content[start:])

        self.handlers[path] = answer
        return self.url + path.rpartition("/")[0]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 (the library's name)
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


def picture(seed: int, size: tuple[int, int] = (8, 6), mode: str = "RGB", kind: str = "PNG") -> bytes:
    """An image file of random pixels; size is (height, width)."""
    shape = size if mode == "L" else (*size, 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@pytest.fixture
def pictures() -> dict[str, bytes]:
    """Member name → contents: classes cat and dog, three train and two test images of each."""
    return {
        f"{split}/{name}/{i}.png": picture(hash_of(split, name, i))
        for split, count in (("train", 3), ("test", 2))
        for name in ("cat", "dog")
        for i in range(count)
    }


def hash_of(split: str, name: str, number: int) -> int:
    return 100 * (split == "test") + 10 * (name == "dog") + number


def write_folder(folder: Path, members: dict[str, bytes]) -> Path:
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_tar(path: Path, members: dict[str, bytes], *special: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in special:
            tar.addfile(member)
    return path


def write_zip(path: Path, members: dict[str, bytes], *special: zipfile.ZipInfo) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for member in special:
            archive.writestr(member, b"target")
    return path
