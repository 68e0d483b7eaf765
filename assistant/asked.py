"""What amount a question asks for, and whether a sentence has one of that kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.names import SURNAMES
from assistant.places import NAME as PLACE
from assistant.question import Question
from assistant.rank import Weighted, coverage
from ingest.amounts import amounts
from ingest.fold import HAN
from ingest.units import CURRENCIES, UNITS, either

SHARE_ASKED = re.compile(r"百分之(?:几|多少)|(?:几|多少)(?:成|趴|个?百分点|%|个点)")
MONEY_ASKED = re.compile(r"(?:多少|几多|几)(?:块|文)?(?:钱|银两)|要价|卖什么价|什么价位")
HOW_MANY = re.compile(r"(?:有|共|约|大概)?(?:多少|几多|几)(?:多)?")
OF_SHARES = re.compile(
    r"(?:率|比例|占比|比重|份额|百分比|增速|涨幅|降幅|增幅)(?:大概|大约|约|一共)?(?:是|为|有|达|到|占)?(?:了)?(?:多少|多大|几|多高)?$"
)
OF_MONEY = re.compile(
    r"(?:价格|售价|单价|定价|费用?|花费|成本|营业额|营收|收入|销售额|成交额|利润|市值|经费|金额|估值|薪水|工资|月薪|年薪|罚款|租金)"
    r"(?:大概|大约|约|一共)?(?:是|为|有|达|到)?(?:了)?(?:多少|多大|几|多高)?$"
)
NUMBER = r"[\d一二三四五六七八九十百千万亿两几数半]"
SCALE = r"\s?(?:多|余|来)?\s?(?:万亿|千万|百万|[十百千万亿兆])?(?:多|余)?\s?"
HOW_LONG = re.compile(r"多久|多长时间|多少时间|几多时间")
SHARE = re.compile(r"\d\s?%|百分之|个百分点|[一二三四五六七八九\d]成(?!为|立|功|本|长|交|员|果|熟|就|都)|倍")
TIME = re.compile(rf"{NUMBER}{SCALE}个?(?:年|月|周|天|日|小时|钟头|分钟|秒|刻钟)")
MONEY = re.compile(
    rf"{NUMBER}{SCALE}(?:{either(CURRENCIES)}|块(?!业|状))|[¥$€£]\s?\d|(?:{either(CURRENCIES)}|人民币)\s?\d"
)
SHARE_HEAD, MONEY_HEAD = re.compile(r"率|比例|占比|比重|份额|增速|幅|%"), re.compile(r"元|价|费|额|成本|收入|营收|利润")
A_DATE = re.compile(
    r"\d{2,4}\s?年|\d{1,2}\s?月|\d{1,2}\s?日|世纪|年代|公元|民国|[一二三四五六七八九十]{1,3}月|周[一二三四五六日]|星期"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount that is asked for: a share, money, a date, a length of time, or a count of `unit`."""

    kind: str  # "share", "money", "date", "time" or "count"
    unit: str = ""


@lru_cache(maxsize=1000)
def wanted(asking: str, kind: str) -> Wanted | None:
    """What amount a folded question of this kind asks for; None where it asks for none, or does not say of what."""
    if kind == "date":
        return Wanted("date")
    if SHARE_ASKED.search(asking):
        return Wanted("share")
    if MONEY_ASKED.search(asking):
        return Wanted("money")
    if HOW_LONG.search(asking):
        return Wanted("time")
    if kind in {"list", "reason", "definition"}:
        return None
    if how := HOW_MANY.search(asking):
        return _counted(asking, how)
    return None


def _counted(asking: str, how: re.Match[str]) -> Wanted | None:
    """Reads 几家店 as if it said 3家店."""
    behind = asking[how.end() :].lstrip("个 ")
    if behind.startswith(("份额", "比例", "比重", "百分")):
        return Wanted("share")
    found = next((a for a in amounts(f"3{asking[how.end() :]}") if a.place.start == 0), None)
    if found is not None and found.kind in {"percent", "points"}:
        return Wanted("share")
    if found is not None and found.kind == "money":
        return Wanted("money")
    if found is not None and found.kind == "count" and found.unit:
        return Wanted("count", found.unit)
    before = asking[: how.end()]
    if OF_SHARES.search(before):
        return Wanted("share")
    if OF_MONEY.search(before):
        return Wanted("money")
    return Wanted("count", behind[0]) if re.match(f"[{HAN}](?!的|呢|吗)", behind) and behind[0] in CLASSIFIERS else None


CLASSIFIERS = frozenset("双对轮栋棵则首段顶匹滴群批幅尊盏口扇匙盘管筐串排列拨代任样门款遍趟回圈班幢")
"""Words that only count, and that are no unit of an amount."""


@lru_cache(maxsize=1000)
def _of_unit(unit: str) -> re.Pattern[str]:
    spellings = [s for s, u in UNITS.items() if u == unit] or [unit]
    return re.compile(rf"{NUMBER}{SCALE}个?(?:{either(spellings)})")


def says(question: Question, folded: str, head: str = "") -> bool | None:
    """Whether a folded sentence has an amount of the kind that is asked for; None where none is.

    What the question itself states does not count. `head` is the folded head
    of the table of a row, which may tell what its numbers are.
    """
    asked = wanted(question.asking, question.kind)
    if asked is None:
        return None
    if any(m[0] not in question.folded for m in _pattern(asked).finditer(folded)):
        return True
    heads = {"share": SHARE_HEAD, "money": MONEY_HEAD}.get(asked.kind) or re.compile(re.escape(asked.unit or "年"))
    return bool(head and heads.search(head) and re.search(r"\d", folded))


PERSON_ASKED = re.compile(
    r"是?谁|哪一?位|何人|哪个人|什么人|(?:作者|创始人|创办人|负责人|总裁|董事长|导演|校长|主席|院长|发明人|设计师)(?:是|叫|名字)"
)
PLACE_ASKED = re.compile(
    r"哪里|哪儿|何地|什么地方|(?<![差别同异势处因题点优])在哪|哪一?[个座处](?:国家|城市|地区|省|市|州|县|区|镇|国|地方)|哪(?:国|省|市|州|县|区)"
)
A_PERSON = re.compile(f"[{''.join(sorted(SURNAMES))}][{HAN}]{{1,2}}|[a-z]{{2,}} ?[a-z]*|·")
A_PLACE = re.compile(
    rf"[{HAN}](?:国|省|市|县|区|州|镇|村|乡|岛|湾|路|街|港|洲|郡|山|河|湖|海|寺|庙|园|馆|院|校|站|场|城|大学|中心|广场|大厦)|[a-z]{{3,}}"
)
CLAUSE = re.compile(r"[，,;；。!?|]")


def kind_missing(question: Question, folded: str) -> bool:
    """Whether a question asks for a person or a place, and a folded text has nothing new that may be one."""
    if PERSON_ASKED.search(question.asking):
        return not any(m[0] not in question.folded for m in A_PERSON.finditer(folded))
    if question.kind == "place" or (question.kind != "comparison" and PLACE_ASKED.search(question.asking)):
        found = (*A_PLACE.finditer(folded), *PLACE.finditer(folded))
        return not any(m[0] not in question.folded for m in found)
    return False


def beside(question: Question, weighted: Weighted, folded: str, head: str) -> float:
    """The coverage of the question by a clause that holds an amount of the kind asked for, with the clause before it and the headings.

    That of any clause where no amount is asked for.
    """
    asked = wanted(question.asking, question.kind)
    pattern = _pattern(asked) if asked else None
    clauses = CLAUSE.split(folded)
    held = [
        f"{head}\n{clauses[i - 1] if i else ''}\n{c}"
        for i, c in enumerate(clauses)
        if pattern is None or any(m[0] not in question.folded for m in pattern.finditer(c))
    ]
    return max((coverage(weighted, text) for text in held), default=0.0)


def _pattern(asked: Wanted) -> re.Pattern[str]:
    return {"share": SHARE, "money": MONEY, "date": A_DATE, "time": TIME}.get(asked.kind) or _of_unit(asked.unit)
