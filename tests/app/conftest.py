"""The fixtures of the tests in a browser."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

for name in ("browsing", "opened"):  # no folder of tests is on the path
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)

from browsing import browsed_assistant, browsed_index, browser, open_page, url  # noqa: E402

__all__ = ["browsed_assistant", "browsed_index", "browser", "open_page", "url"]
