"""Clean Chinese text, and the damage that real report files do to it.

Each injector is the inverse of one cleaner: what it does to clean text, the
cleaner has to undo.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, pinyin

from ingest.fold import is_han

SENTENCES = (
    "即时零售是指消费者在线上下单、由附近门店在一小时内送达的零售方式。",
    "2023年，全国即时零售的市场规模约为6500亿元，比上一年增长28.9%。",
    "报告认为，这一增速比同期的网络零售高出17.9个百分点。",
    "平台把订单交给距离顾客最近的仓库，骑手平均用时31分钟。",
    "DeepSeek-R1的训练使用了512块H800 GPU，花费29.4万美元。",
    "论文于2025年9月登上《Nature》杂志的封面。",
    "审稿人问道：“训练数据里有没有其他模型的输出？”",
    "作者回答说，没有故意加入，但网页里可能混有这样的内容！",
    "品牌直接面向消费者（DTC）的做法，最早出现在美国的服装和个护行业。",
    "一家运动品牌在三年里关闭了一半的经销商，把省下的费用投向自己的应用。",
    "会员的复购率因此从18%升到了35%，客单价却下降了4元。",
    "为什么客单价会下降？",
    "因为老顾客买得更勤，每次买得更少。",
    "硬折扣店只卖一千种左右的商品，其中七成是自有品牌。",
    "它的毛利率不到16%，净利率却比一般的超市高。",
    "仓储、物流和店员的成本加起来，只占销售额的9.8%。",
    "在县城开一家这样的店，大约需要投入150万元，两年收回。",
    "直播电商走过了试点、快速发展和规范三个阶段。",
    "主管部门先后出台了《网络直播营销管理办法》等三份文件；平台也建立了自己的评级制度。",
    "截至去年12月，直播用户达到8.16亿人，占网民的74.7%。",
    "头部主播的成交额占比由四成降到两成，店铺自播成为主流。",
    "智慧营销不是把广告搬到手机上，而是让数据参与每一个决定。",
    "这套方法分为需求、数据、分发和沉淀四个层面。",
    "企业先弄清楚顾客要什么，再决定说什么、在哪里说、对谁说。",
    "有一家乳品公司用它把新品上市的周期从11个月缩短到了5个月。",
    "然而，并不是所有的企业都适合照搬。",
    "门店少于20家的公司，往往没有足够的数据来训练模型。",
    "调查显示，63%的受访者愿意为更快的送达多付3至5元。",
    "夜间订单的比例逐年上升，药品和酒水增长最快。",
    "前置仓的选址取决于三公里以内的人口密度、租金水平与竞争者的数量。",
    "当每天的单量超过800单时，一个前置仓才能盈利。",
    "无人配送车目前只在封闭园区里运行，每车每天可以送120件。",
    "专家预计，到2030年，这个市场将突破2万亿元。",
    "也有人不同意：补贴一停，需求会不会立刻消失？",
    "本报告的数据来自公开资料、企业访谈以及对4200名消费者的问卷。",
    "详细的口径和样本说明，请看附录二。",
    "The index is built once a night, and readers never wait for it.",
    "该公司的API每秒可以处理3.5万次请求，延迟低于20毫秒。",
    "用户可以访问https://example.org/report?id=42查看原文。",
    "注：表中的金额均为人民币，未扣除增值税。",
)  # fmt: skip
"""Sentences as a careful author writes them; no two in a row say the same."""

EMOJI = tuple("😘 👍 😉 👏 😡 🤗 😂 🚀 😎 🤩 ❤️ 🙄 💯 ⭐ 🎉 🔥 🤯 ☀️ 👍🏽 🇨🇳 👩‍💻 ⏰ 🫡".split())

SITE_HEAD = """\
已閱讀5頁,還剩183頁未讀 繼續免費閱讀

下載本文檔

版權說明:本文檔由用戶提供並上傳,收益歸屬內容提供方,若內容存在侵權,請進行舉報或認領

文檔簡介
"""

SITE_TAIL = """\
溫馨提示

  • 1. 本站所有資源如無特殊說明,都需要本地電腦安裝辦公軟件。
  • 2. 本站的文檔不包含任何第三方提供的附件圖紙等。
  • 3. 文件的所有權益歸上傳用戶所有。
  • 4. 未經權益所有人同意不得將文件中的內容挪作商業或盈利用途。
  • 5. 本站只保護文檔的表現方式,不對內容負責。
  • 6. 下載文件中如有侵權或不適當內容,請與我們聯繫。
  • 7. 本站不保證下載資源的準確性。

評論

0/150

提交評論
"""

PORTAL_HEAD = "更新时间: 2024-03-18 09:12 浏览次数:6497\n"

PORTAL_TAIL = """\
返回搜狐，查看更多

推荐阅读
三月新能源车销量出炉，谁是黑马
这座小城为何留住了年轻人？
奶茶店的第二杯为什么半价
/p>
"""

CONTENTS = (("一、市场概述", 1), ("二、平台与模式", 7), ("三、消费者画像", 12), ("四、风险与建议", 104))

_traditional = OpenCC("s2t")


def in_traditional(text: str) -> str:
    """The text in Traditional characters."""
    return _traditional.convert(text)


def paragraphs(least: int = 1, most: int = 20, *, traditional: bool = False) -> st.SearchStrategy[str]:
    """Clean texts: paragraphs of different sentences, with an empty line between paragraphs."""
    sentences = tuple(in_traditional(s) for s in SENTENCES) if traditional else SENTENCES
    chosen = st.lists(st.sampled_from(sentences), min_size=least, max_size=most, unique=True)
    lengths = st.lists(st.integers(1, 6), min_size=most, max_size=most)
    return st.builds(_set_in_paragraphs, chosen, lengths)


def _set_in_paragraphs(sentences: Sequence[str], lengths: Sequence[int]) -> str:
    set_so_far: list[str] = []
    at = 0
    for length in lengths:
        if at < len(sentences):
            set_so_far.append("".join(sentences[at : at + length]))
            at += length
    return "\n\n".join(set_so_far)


def drop_emoji(text: str, step: int, first: int = 0) -> str:
    """Drop a pictograph behind every `step` characters, words and numbers included, beginning behind `first`."""
    damaged = []
    for i, char in enumerate(text):
        damaged.append(char)
        if i >= first and (i - first) % step == 0:
            damaged.append(EMOJI[(i // step) % len(EMOJI)])
    return "".join(damaged)


def leak_pinyin(text: str, step: int, *, tones: bool = True) -> str:
    """Leak the reading of every `step`-th Han character behind it, in brackets."""
    damaged = []
    seen = 0
    for char in text:
        damaged.append(char)
        if is_han(char):
            seen += 1
            if seen % step == 0:
                damaged.append(f"({reading(char, tones=tones)})")
    return "".join(damaged)


def reading(char: str, *, tones: bool = True) -> str:
    """The commonest reading of a character, with its tone mark or without."""
    marked = str(pinyin(char, style=Style.TONE)[0][0])
    if tones:
        return marked
    bare = "".join(c for c in unicodedata.normalize("NFD", marked) if c not in "\u0300\u0301\u0304\u030c")
    return unicodedata.normalize("NFC", bare)


def wrap_in_site(text: str, pages: int = 5) -> str:
    """Put what a document-sharing site shows around a text before and behind it."""
    title = text.partition("\n")[0][:30]
    labels = "".join(f"{title}_第{n}頁\n" for n in range(1, pages + 1))
    return f"{labels}{SITE_HEAD}\n{text}\n\n{SITE_TAIL}"


def wrap_in_portal(text: str) -> str:
    """Put what a news portal shows around a text before and behind it."""
    return f"{PORTAL_HEAD}\n{text}\n{PORTAL_TAIL}"


def add_contents(text: str, dots: int = 21) -> str:
    """Put a table of contents with dot leaders before a text."""
    entries = "\n".join(f"{title}{'.' * dots}{page}" for title, page in CONTENTS)
    return f"目录\n{entries}\n{text}"


def say_twice(text: str, phrase: str) -> str:
    """Put the first occurrence of a phrase down twice in a row."""
    return text.replace(phrase, phrase * 2, 1)


def run_headings_in(text: str) -> str:
    """Markdown whose headings lost their lines and their marks, and run into what stands around them, as in scraped papers."""
    return "".join(line.lstrip("# ") for line in text.splitlines())
