"""What the assistant says in its own words, in both scripts."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.script import Script

REFUSAL: Mapping[Script, str] = {
    "zh-Hans": "资料里没有能回答这个问题的内容；下面是最接近的段落。",
    "zh-Hant": "資料裡沒有能回答這個問題的內容；下面是最接近的段落。",
}

FAILED: Mapping[str, str] = {
    "number": "「{words}」不见于出处",
    "date": "日期「{words}」不见于出处",
    "bound": "「{words}」与出处的多于、少于不合",
    "attribution": "「{words}」在出处说的是另一件事或另一时间",
    "name": "名称「{words}」不见于出处",
    "negation": "「{words}」与出处的肯定、否定相反",
    "direction": "「{words}」与出处的方向相反",
    "comparison": "「{words}」与出处比较的双方相反",
}
"""Why a sentence is not borne out by what it cites, by the kind of failure."""
INSTEAD = "（出处为「{source}」）"

CONFLICT = "来源说法不一：{what}{values}。"
ONE_SAYS = "一说"
"""Said of sources that give different values for the same thing."""
