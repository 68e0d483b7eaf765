"""How a sentence announces a list, and how an item of one begins."""

from __future__ import annotations

import re

from assistant.enumeration import number_of
from ingest.document import BREAK, Span
from ingest.fold import fold

COUNTED_AS = (
    "大|个|种|点|项|条|步|类|方面|部分|阶段|维度|要素|路径|原因|因素|问题|场景|工具|命题|痛点|属性|选择"
    "|道|股|重|环|关|招|层|层面|层次|环节|机制|角度"
)
"""What is counted where a list is announced: 三道防线, 四个环节."""
NUMBER = r"(?<![第二三四五六七八九十两\d.])[二三四五六七八九十两\d]+"
ITEM = re.compile(
    r"^\s*(?:[-•·●○■◆▪*–—]\s*|[（(]?\d{1,2}[)）.、．](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[)）、.．]"
    r"|(?:第|其)[一二三四五六七八九十\d]{1,2}(?:步|点|种|个|条|类|项|大)?[是,，、:：]?|[一二三四五六七八九十]是|首先|其次|再次|再者|最后|此外|另外|[^。，,：:]{2,14}[：:])"
)
MARKED_ITEM = re.compile(
    r"^\s*(?:[-•·●○■◆▪*]\s*|[（(]?1[)）.、．](?!\d)|第一(?!季|次|名|位|个|個|届|屆|家|批|期)|其一|一是|首先|一方面)"
)
"""How the first item of a list may begin."""
ANNOUNCES = re.compile(
    rf"(?:[:：]|如下|(?<![度元岁%％个米克吨斤人天年月日分位名级层成倍折线\d])以下.{{0,8}}|下面.{{0,8}}|有[二三四五六七八九两](?:个|点)?|{NUMBER}(?:{COUNTED_AS})[^。,，:：|]{{0,14}}"
    r"(?:[,，](?:各|均|都|分别|依次|具体)[^。,，:：|、]{0,8})?)[。:：]?$"
)
"""How a folded sentence ends that announces a list."""
OPENS_LIST = re.compile(r"(?:包括|包含|分为|涵盖|分別是|分别是|分為|有以下|如下)[:：]?|一是|第一|其一|首先|1[、.]")
ANNOUNCED = re.compile(rf"({NUMBER})(?:{COUNTED_AS})")
COUNTED = re.compile(r"([二三四五六七八九十两兩\d]{1,2})[大个個種种点點项項条條步类類][^。！？!?，,：:]{0,14}[：:]")
OPENED = re.compile(
    rf"(?:以下|如下|包括|包含|分为|涵盖|几个方面|几方面|表现为|体现为|具体为|{NUMBER}(?:{COUNTED_AS}))[^。!?;；,，:：、|\n{BREAK}]{{0,10}}[:：]"
)
"""The clause inside a folded sentence behind which the items of a list begin."""
INLINE_LIST = re.compile("、[^。]*(?:、|和|与|以及|及)|[；;]")
"""What lists its items itself."""


LISTS_ITSELF = re.compile(
    r"(?:包括|包含|分为|涵盖|依次[是为]|分别[是为]|体现在|表现在|采用了?|关注|通过|从|有)[^。:：;；]*?、[^。:：;；、]{1,24}"
    rf"(?:(?:和|与|以及|及)[^。:：;；、]{{1,20}}(?:{NUMBER}(?:{COUNTED_AS})|等[多几]?个?(?:{COUNTED_AS})|。|[,，]|$)|{NUMBER}(?:{COUNTED_AS}))"
)
"""A folded sentence that names all of what is asked for: A、B、C以及D四个方面."""


def announces(words: str) -> bool:
    """Whether a sentence announces a list that it does not give itself."""
    return ANNOUNCES.search(fold(words)) is not None and INLINE_LIST.search(words) is None


def announced(lead: str) -> int:
    """How many items a sentence says that there are; 0 where it does not."""
    told = list(ANNOUNCED.finditer(fold(lead)))
    return number_of(told[-1][1]) if told else 0


def announced_inside(text: str, sentence: Span, asked: int) -> int:
    """Where the colon ends behind which a sentence goes on with as many items as are asked for; 0 where it does not."""
    found = (m for m in COUNTED.finditer(text, sentence.start, sentence.end) if number_of(fold(m[1])) == asked)
    return next((m.end() for m in found), 0)


def is_item(words: str) -> bool:
    """Whether a sentence begins as the item of a list does."""
    return ITEM.match(words) is not None
