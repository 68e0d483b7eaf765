"""What is installed is all of it, and the model that comes with it works where there is no network."""

from __future__ import annotations

import re
import socket
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.embed import SentenceTransformersEmbedder
from ingest.settings import SHIPPED_MODEL

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "即时零售的市场规模有多大？",
    "DeepSeek-R1 训练花了多少钱？",
    "品牌为什么要直接面向消费者？",
    "线上订单的汇率怎么算？",
)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def model() -> SentenceTransformersEmbedder:
    """The shipped model, loaded once."""
    return SentenceTransformersEmbedder(str(SHIPPED_MODEL))


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"a connection was tried: {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_every_package_is_listed(project: dict[str, Any]) -> None:
    """Each folder with an `__init__.py` is installed, each listed package is there, and folders of data are stated as such."""
    setuptools = project["tool"]["setuptools"]
    folders = {
        p.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for top in ("ingest", "assistant", "evals")
        for p in (ROOT / top).rglob("__init__.py")
    }
    of_data = set(setuptools["packages"]) - folders
    assert set(setuptools["packages"]) >= folders
    assert of_data == {name for name in setuptools["package-data"] if name not in folders}
    assert all((ROOT / name.replace(".", "/")).is_dir() for name in of_data)


def test_every_module_is_in_a_package() -> None:
    """No folder with modules lacks its `__init__.py`."""
    for top in ("ingest", "assistant", "evals"):
        for module in (ROOT / top).rglob("*.py"):
            assert (module.parent / "__init__.py").is_file(), module


@pytest.mark.parametrize("package", ["ingest", "assistant", "evals"])
def test_every_data_file_is_installed(project: dict[str, Any], package: str) -> None:
    """Each file beside the modules matches one of the patterns of package data."""
    stated = project["tool"]["setuptools"]["package-data"]
    patterns = [
        f"{name.removeprefix(package).removeprefix('.')}/{p}".removeprefix("/")
        for name, listed in stated.items()
        if name.split(".")[0] == package
        for p in listed
    ]
    for file in (ROOT / package).rglob("*"):
        name = file.relative_to(ROOT / package).as_posix()
        if file.is_file() and file.suffix not in {".py", ".pyc"}:
            assert any(fnmatch(name, p) and name.count("/") == p.count("/") for p in patterns), name


def test_the_command_is_there(project: dict[str, Any]) -> None:
    """The installed command names a function that exists."""
    module, function = project["project"]["scripts"]["wenju"].split(":")
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8")
    assert re.search(rf"^def {function}\(", source, re.MULTILINE)


def test_every_library_is_required(project: dict[str, Any]) -> None:
    """Each library that `ingest` imports is named among the requirements."""
    named = {
        "docx": "python-docx",
        "pptx": "python-pptx",
        "pydantic": "pydantic-settings",
        "sklearn": "scikit-learn",
        "yaml": "pyyaml",
    }
    wanted = project["project"]["dependencies"] + [
        r for group in project["project"]["optional-dependencies"].values() for r in group
    ]
    required = {re.split(r"[\[<>=~!; ]", r)[0].lower().replace("_", "-") for r in wanted}
    # These two come with scikit-learn and sentence-transformers, and only training imports them.
    required |= {"scipy", "tokenizers", "ingest"}
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "ingest").rglob("*.py"))
    imported = {m[1] for m in re.finditer(r"^ *(?:from|import) (\w+)", source, re.MULTILINE)} - sys.stdlib_module_names
    assert {named.get(name, name.replace("_", "-")) for name in imported} <= required


@pytest.mark.usefixtures("_no_network")
def test_the_shipped_model_embeds_offline(model: SentenceTransformersEmbedder) -> None:
    """The model loads and embeds without a single connection, in one dimension and with vectors of length 1."""
    vectors = model.passages(QUESTIONS)
    assert vectors.shape == (len(QUESTIONS), model.question("文").shape[0])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(model.passages([])) == 0


def test_a_question_is_embedded_the_same_either_way(model: SentenceTransformersEmbedder) -> None:
    """A question embedded by the quick way, without the library, has the vector that the library gives."""
    model.passages(["文"])  # loads the library's model
    quick = SentenceTransformersEmbedder(str(SHIPPED_MODEL))
    for question in (*QUESTIONS, "", "。", "zq𠮷"):
        assert np.allclose(quick.question(question), model.question(question), atol=1e-5)
        assert np.allclose(quick.question(question), model.passages([question])[0], atol=1e-5)


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("手机", "电话", "香蕉"),
        ("医生", "医院", "股票"),
        ("价格上涨", "涨价", "足球"),
        ("足球比赛", "球员", "银行贷款"),
        ("汽车", "轿车", "苹果"),
        ("即时零售", "美团外卖", "高考"),
    ],
)
def test_neighbours_make_sense(word: str, near: str, far: str) -> None:
    """What belongs together lies nearer than what does not, without a character in common."""
    embed = SentenceTransformersEmbedder(str(SHIPPED_MODEL)).question
    assert embed(word) @ embed(near) > embed(word) @ embed(far) + 0.05


def test_both_scripts_have_one_vector() -> None:
    """A question has the same vector in Simplified and in Traditional characters, and in any width."""
    embed = SentenceTransformersEmbedder(str(SHIPPED_MODEL)).question
    assert np.array_equal(embed("即时零售的市场规模有多大？"), embed("即時零售的市場規模有多大?"))


def test_common_words_have_one_vector_too() -> None:
    """The characters that regional spellings differ in most have one vector as well."""
    embed = SentenceTransformersEmbedder(str(SHIPPED_MODEL)).question
    assert np.array_equal(embed("在线汇率"), embed("在線匯率"))


def test_the_identity_is_that_of_the_files() -> None:
    """An index is bound to the shipped weights by their hash."""
    assert re.fullmatch(r"static_model@[0-9a-f]{12}", SentenceTransformersEmbedder(str(SHIPPED_MODEL)).identity)
