"""`make serve`: the book at a port of this machine, or one line that says why not."""

from __future__ import annotations

import socket
import threading
import urllib.request
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from dlnotes.bookkit.__main__ import main
from dlnotes.bookkit.serving import port_of, server_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>The book.")
    return tmp_path


@pytest.mark.parametrize("text", ["abc", "0", "-1", "65536", "8000.5", "80 80", "８０００"])
def test_port_that_is_none_is_quoted(text: str, monkeypatch, capsys):
    with pytest.raises(ValueError, match="PORT must be a whole number from 1 to 65535") as said:
        port_of(text)
    assert repr(text) in str(said.value)
    monkeypatch.setenv("PORT", text)
    assert main(["serve"]) == 1
    assert capsys.readouterr().err == f"{said.value}\n"


def test_nothing_to_serve_says_so(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="build it with make book"):
        server_of(tmp_path, 0)


@pytest.mark.enable_socket  # on this machine only
class TestServer:
    def test_shows_what_is_there_now(self, site: Path):
        server = server_of(site, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_port}/"
        for text in ("<p>The book.", "<p>Built again."):
            (site / "index.html").write_text(text)
            with urllib.request.urlopen(address) as answer:
                assert answer.read().decode() == text
                assert answer.headers["Cache-Control"] == "no-cache"
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(f"{address}none.html")
        server.shutdown()
        server.server_close()

    def test_port_in_use_is_one_clear_line(self, site: Path):
        with socket.socket() as taken:
            taken.bind(("localhost", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(
                OSError, match=f"port {port} cannot be had, since another"
            ) as no:
                server_of(site, port)
            assert str(no.value).endswith("take another, make serve PORT=8080")
