"""A quick embedder, reports made by rule and a Chroma server, for tests and for the processes they start."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.terms import tokens

DIMENSION = 32


class HashEmbedder:
    """Texts that share characters and pairs lie near each other. The same text always gives the same vector."""

    static = None
    recipe = None

    def __init__(self, identity: str = "hash-32") -> None:
        self.identity = identity
        self.embedded = 0
        """How many passages were embedded so far."""

    def passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of shape (texts, dimension), rows of length 1."""
        self.embedded += len(texts)
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        return np.stack([self.question(text) for text in texts])

    def question(self, text: str) -> npt.NDArray[np.float32]:
        """One vector of shape (dimension,), of length 1."""
        vector = np.zeros(DIMENSION, np.float32)
        vector[0] = 0.01
        for token in tokens(text):
            code = zlib.crc32(token.encode())
            vector[code % DIMENSION] += 1 if code & 0x10000 else -1
        return vector / np.linalg.norm(vector)


def report(number: int, passages: int = 2) -> str:
    """A report whose every passage holds a word that stands nowhere else: see `mark`."""
    parts = [
        f"第{number}份报告的第{part}部分，代号{mark(number, part)}。"
        + f"本部分讨论第{number * 31 + part * 7}号门店在{2000 + (number + part) % 30}年的经营情况，"
        + f"销售额为{number * 977 + part * 13}万元，会员{number + part * 101}人。"
        + f"第{number * 53 + part * 11}号店长认为，选址和补货比促销更加重要，他在访谈里提到了{number + part + 2}次。"
        for part in range(passages)
    ]
    return "\n\n".join(parts) + "\n"


def mark(number: int, part: int) -> str:
    """The word by which a passage of a report can be found again."""
    digits = f"{number:03d}{part:03d}"
    return "zq" + "".join("abcdefghij"[int(d)] for d in digits)


def fill(folder: Path, count: int, passages: int = 2) -> None:
    """Write reports into a folder: 000.txt, 001.txt and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:03d}.txt").write_text(report(number, passages), "utf-8")


class ServerProcess:
    """A server over a folder that keeps vectors, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """How it is started."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program, *given = self.command()
        self._process = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *given],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError(f"{program} does not listen")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGSTOP has it hang, SIGCONT go on."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()


class ChromaProcess(ServerProcess):
    """`chroma run`."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"chroma://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """How it is started."""
        return ["chroma", "run", "--path", str(self._folder), "--port", str(self.port)]


class MilvusProcess(ServerProcess):
    """`milvus-lite server`: Milvus as one reaches it over the network."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"milvus://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """How it is started."""
        return [
            "milvus-lite",
            "server",
            "--data-dir",
            str(self._folder),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
