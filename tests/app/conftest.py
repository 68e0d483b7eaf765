"""The fixtures of the tests in a browser."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

if "browsing" not in sys.modules:  # no folder of tests is on the path
    spec = importlib.util.spec_from_file_location("browsing", Path(__file__).with_name("browsing.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules["browsing"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

from browsing import browsed_assistant, browsed_index, browser, open_page, url

__all__ = ["browsed_assistant", "browsed_index", "browser", "open_page", "url"]
