"""What the assistant says in its own words, in both scripts."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.script import Script

REFUSAL: Mapping[Script, str] = {
    "zh-Hans": "资料里没有能回答这个问题的内容；下面是最接近的段落。",
    "zh-Hant": "資料裡沒有能回答這個問題的內容；下面是最接近的段落。",
}
