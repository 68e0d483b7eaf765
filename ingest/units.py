"""Units of measure, classifiers and currencies, each in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_UNITS: Mapping[str, str] = {
    # length, area, volume
    "公里": "千米 km", "米": "公尺 m", "厘米": "公分 cm", "毫米": "公厘 mm", "微米": "μm um", "纳米": "奈米 nm", "英里": "", "英寸": "英吋 吋", "海里": "浬",
    "平方公里": "平方千米 km² km2", "平方米": "平方公尺 平米 m² m2 ㎡", "公顷": "ha", "亩": "", "坪": "",
    "立方米": "立方公尺 m³ m3", "升": "公升", "毫升": "ml", "桶": "",
    # weight
    "公斤": "千克 kg", "克": "公克", "毫克": "mg", "吨": "公吨", "斤": "", "磅": "", "两": "",
    # time
    "年": "个年头", "季度": "个季度", "个月": "", "周": "个星期 星期 个礼拜 礼拜", "天": "", "小时": "个小时 个钟头 钟头 h", "分钟": "", "秒": "秒钟", "毫秒": "ms",
    "世纪": "个世纪", "岁": "周岁",
    # energy, data, the rest of physics
    "瓦": "", "千瓦": "kw", "兆瓦": "mw", "吉瓦": "gw", "千瓦时": "kwh 度电", "度": "", "摄氏度": "℃ °c", "赫兹": "hz", "兆赫": "mhz", "吉赫": "ghz",
    "kb": "", "mb": "兆字节", "gb": "", "tb": "", "pb": "", "字节": "byte", "比特": "bit", "像素": "", "基点": "个基点 bps bp",
    # classifiers
    "人": "名 位", "人次": "", "个": "", "家": "间", "件": "", "台": "", "辆": "", "款": "", "种": "", "项": "", "条": "", "篇": "", "张": "", "块": "", "片": "",
    "座": "", "所": "", "次": "", "届": "", "场": "", "期": "", "部": "", "本": "", "册": "", "只": "", "头": "", "户": "", "笔": "", "份": "", "套": "", "架": "",
    "艘": "", "枚": "", "颗": "", "门": "", "组": "", "步": "", "类": "", "层": "", "单": "", "箱": "", "瓶": "", "杯": "", "盒": "", "袋": "", "集": "", "级": "",
    "折": "", "分": "", "字": "", "词": "", "章": "", "节": "", "页": "", "行": "", "题": "", "句": "", "例": "", "股": "", "支": "枝", "站": "", "点": "", "票": "",
    "个阶段": "阶段", "个方面": "方面", "个省": "省", "个国家": "国家", "个城市": "城市",
}  # fmt: skip
_CURRENCIES: Mapping[str, str] = {
    "元": "元人民币 圆 块钱 人民币 cny rmb", "美元": "美金 usd", "港元": "元港币 港币 港圆 港纸 hkd", "新台币": "元新台币 新台币元 台币 twd", "欧元": "eur",
    "日元": "日圆 日币 jpy", "英镑": "gbp", "韩元": "韩圆 韩币", "澳元": "澳币", "加元": "加币", "新加坡元": "新元 新币 坡币", "澳门元": "澳门币", "卢布": "",
    "卢比": "", "泰铢": "", "瑞士法郎": "", "法郎": "", "越南盾": "",
}  # fmt: skip
SIGNS: Mapping[str, str] = {
    "人民币": "元", "rmb": "元", "cny": "元", "¥": "元", "us$": "美元", "$": "美元", "usd": "美元", "美金": "美元", "hk$": "港元", "港币": "港元",
    "nt$": "新台币", "新台币": "新台币", "台币": "新台币", "€": "欧元", "£": "英镑",
}  # fmt: skip
"""The currencies by what stands before an amount of them."""


def _spellings(table: Mapping[str, str]) -> dict[str, str]:
    return {spelling: unit for unit, others in table.items() for spelling in (unit, *others.split())}


UNITS = _spellings(_UNITS)
"""The unit of each spelling, folded."""
CURRENCIES = _spellings(_CURRENCIES)
MEASURES = frozenset(
    "公里 米 厘米 毫米 英里 英寸 海里 平方公里 平方米 公顷 亩 坪 立方米 升 毫升 公斤 克 吨 斤 磅 两 年 季度 个月 周 天 小时 分钟 秒 岁 瓦 千瓦时 度 折".split()
)
"""The units that measure, against the classifiers that only count."""


def either(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first; a Latin one ends where its word does."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(re.escape(w) + ("(?![a-z0-9])" if re.search("[a-z0-9]$", w) else "") for w in ordered)
