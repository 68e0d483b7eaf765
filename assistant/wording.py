"""What the assistant says in its own words, in both scripts."""

from __future__ import annotations

from collections.abc import Mapping

REFUSED: Mapping[str, str] = {
    "asked": "资料里没有找到「{question}」的答案",
    "long": "资料里没有找到这个问题的答案",
    "nearest": "；最接近的段落出自{titles}",
    "below": "；下面是最接近的段落",
    "missing": "，其中没有提到{names}",
    "instead": "，只提到{name}",
    "and": "、",
    "end": "。",
}
"""The parts of a refusal: what was looked for, what is nearest, what that lacks, and what it has instead."""

FAILED: Mapping[str, str] = {
    "number": "「{words}」不见于出处",
    "date": "日期「{words}」不见于出处",
    "bound": "「{words}」与出处的多于、少于不合",
    "attribution": "「{words}」在出处说的是另一件事或另一时间",
    "name": "名称「{words}」不见于出处",
    "negation": "「{words}」与出处的肯定、否定相反",
    "direction": "「{words}」与出处的方向相反",
    "uncited": "没有标明出处",
    "nowhere": "标明的出处{words}不存在",
    "comparison": "「{words}」与出处比较的双方相反",
}
"""Why a sentence is not borne out by what it cites, by the kind of failure."""
INSTEAD = "（出处为「{source}」）"

CONFLICTS: Mapping[str, tuple[str, str, str]] = {
    "sources": ("来源说法不一：", "一说", "一说"),
    "within": ("同一份资料前后不一：", "一处说", "另一处说"),
    "headline": ("标题与正文不一：", "标题说", "正文说"),
    "count": ("数目对不上：", "说是", "列出的却是"),
}
"""What is said where sources give two values for the same thing, by the kind of disagreement: first, and before each value."""
