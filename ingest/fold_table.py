"""What each character folds to, by the tables of OpenCC and Unicode: makes `fold_table.json`, which is shipped.

    python -m ingest.fold_table

Computing it takes half a second, and every process that cleans, indexes or answers
needs it. Shipped, it is also the same under every version of Python: an index does
not depend on which one made it.
"""

from __future__ import annotations

import json
import unicodedata
from itertools import chain

from opencc import OpenCC

from ingest.fold import TABLE, is_han

# The first of each class is Simplified: all others fold to it.
# Classes whose members regional spellings and converters use for one another.
MERGED = (
    "着著", "么麽麼幺", "了瞭", "借藉", "只衹祇隻秖", "复覆複復", "具俱", "余馀餘", "征徵",
    "里裡裏", "后後", "台臺檯颱", "于於", "干乾幹榦", "采採寀", "云雲", "系係繫", "岳嶽",
    "布佈", "志誌", "向嚮曏", "周週賙赒", "占佔", "游遊", "注註", "唇脣", "群羣", "峰峯",
    "线線缐綫", "沈沉", "吃喫", "踪蹤", "栗慄", "升昇陞", "欲慾", "汇匯彙", "搜蒐", "托託",
    "赞讚贊", "雇僱", "伙夥", "杰傑", "核覈", "挂掛", "炼煉鍊", "哄鬨閧", "咨諮", "它牠", "你妳", "裸臝",
    "妆妝粧", "卫衛衞", "痹痺", "台枱", "叙敘敍", "粽糉糭",
    "昵暱", "檐簷", "睾睪", "潨潀", "鲇鲶鮎鯰", "颚腭顎齶", "钟鐘鍾锺", "径徑迳逕", "巨鉅钜", "曲麯麴麹", "面麵麪麺",
    "仿彷", "背揹", "夫伕", "熏薰", "宁寧甯", "苏蘇甦", "枪槍鎗", "穗繐𰬸", "戚鏚𬭭", "仇讎雠", "浚濬", "拿拏", "焰燄", "豆荳",
    "檗蘗", "澄澂", "斤觔", "藤籐", "琅瑯", "筱篠筿", "锄耡", "吣唚", "耇耈", "堤隄", "斫斲", "果菓", "柏栢", "鳌鰲鼇", "矿礦鑛", "颖穎頴颕", "彝彜", "妍姸", "碱鹼硷礆",
)  # fmt: skip

FOLDABLE = (
    range(0xD800), range(0xE000, 0x10000), range(0x1D400, 0x1D800), range(0x1F100, 0x1F300),
    range(0x20000, 0x323B0),
)  # fmt: skip
"""Where characters stand that have a Simplified, compatible or lower-case form."""


def computed() -> dict[str, str]:
    """Every character that folds to something else, with what it folds to; case is kept."""
    chars = [chr(c) for c in chain(*FOLDABLE)]
    widths = {c: unicodedata.normalize("NFKC", c) for c in chars if not unicodedata.is_normalized("NFKC", c)}
    han = [c for c in chars if is_han(c)]
    simplified = dict(zip(han, OpenCC("t2s").convert("\n".join(han)).split("\n"), strict=True))
    # Simplified characters that go by a Traditional one into another: 锺 and 鍾 are 钟.
    traditional = zip(han, OpenCC("s2t").convert("\n".join(han)).split("\n"), strict=True)
    simplified |= {c: simplified[t] for c, t in traditional if simplified[c] == c}
    table = {c: s for c, s in simplified.items() if c != s}
    for c, wide in widths.items():
        table[c] = "".join(simplified.get(w, w) for w in wide)
    for group in MERGED:
        table |= dict.fromkeys(group[1:], group[0])
        table.pop(group[0], None)
    # A class's head must fold to itself, and so must all that folded to a member of a class.
    return {c: table.get(s, s) if len(s) == 1 else s for c, s in table.items() if c != s}


if __name__ == "__main__":
    TABLE.write_text(json.dumps(computed(), ensure_ascii=False, indent=0) + "\n", "utf-8")
