"""Names that a sentence has and its source has not: Latin ones, titles, places, persons, companies and brands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from assistant.brands import NAME as BRAND
from assistant.brands import has_brand
from assistant.clauses import Clause, Read, nearest
from assistant.places import NAME as PLACE
from assistant.places import SAME
from assistant.term_weights import general_frequencies
from ingest.fold import HAN


class Stranger(NamedTuple):
    """A name that the source does not have, and the one it has in its place, where that can be told."""

    words: str
    instead: str = ""


LATIN = re.compile(
    r"(?<![a-z0-9])[a-z][a-z0-9]*(?:[-.&+'_][a-z0-9]+)*(?: (?=[a-z])[a-z][a-z0-9]*(?:[-.&+'_][a-z0-9]+)*)*"
)
UNIT = re.compile(
    r"(?:q[1-4]|h[12]|fy|nt|rmb|usd|hkd|twd|cny|eur|gbp|jpy|us|hk|k?m|cm|mm|kg|g|mg|t|l|ml|kwh?|mwh?|gwh?|twh?|w|v|hz|mhz|ghz|gb|tb|mb|kb|bps?|pct|ppt?"
    r"|h|min|s|ms|x|c|n|e|k|b|billion|million|yoy|qoq|mom|and|of|the|vs)"
)
TITLE = re.compile(r"[《〈「『“\"]([^《》〈〉「」『』“”\"]{2,30})[》〉」』”\"]")
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳史唐费廉岑薛雷贺倪汤殷罗毕郝邬安常乐时傅皮卞齐康伍余元卜"
    "顾孟平黄穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓郁单洪包诸左石崔吉"
    "龚程邢裴陆荣翁荀甄曲封储靳段焦侯谷车宫宁仇甘武符刘景詹束龙叶幸司黎薄白蒲赖卓乔池谭贡姬申冉雍桑桂牛寿边燕尚温庄晏柴瞿阎连习艾容向古易廖耿匡国文寇广欧利师巩聂关荆游权盖简丘涂"
)
BEFORE_PERSON = re.compile(
    r"(?:首席执行官|执行长|总裁|董事长|总经理|经理|创始人|创办人|负责人|分析师|教授|博士|主任|部长|院长|主席|理事长|作者|学者|专家|总监|导演|演员|记者|校长|院士|设计师|工程师|律师|医生|教练|歌手|作家|画家|董事|秘书长|局长|市长|县长|ceo|cto|cfo|由|与|和|及|、|人为|人是|者为|者是)$"
)
AFTER_PERSON = re.compile(
    r"^(?:表示|指出|认为|说|称|是|为|曾|当选|坦言|透露|强调|介绍|先生|女士|教授|博士|持股|持有|创立|创办|发明|共同|撰写|担任|出任|领投|等人|[、。;]|在|$)"
)
OFFICE = re.compile(
    rf"(?:(?![的了在和与及或个所些])[{HAN}]){{2}}(?:大学|学院|研究院)|(?:商务|工信|财政|教育|科技|交通运输|农业农村|外交|公安|民政|司法|住建|生态环境|文旅|卫健|统计|市场监管|证监|银保监|网信)(?:部|局|委|会|总局|办)"
)
AFTER_BRAND = re.compile(
    r"^(?:公司|集团|科技|资本|创投|基金|电子|光学|半导体|银行|证券|保险|研究院|研究所|咨询|大学|医院|汽车|咖啡|茶饮|食品|医药|生物|能源|物流|传媒|网络|智能|股份|实业|精密|材料|平台|品牌|超市|百货)"
)
LIKE = 0.6
"""The share of a clause that stands in the source where one of the source's own names is taken for a wrong one."""
REGIONAL = (
    ("数位", "数字"),
    ("智慧", "智能"),
    ("网路", "网络"),
    ("资讯", "信息"),
    ("软体", "软件"),
    ("行动", "移动"),
    ("品质", "质量"),
)


def strangers(sentence: Read, source: Read) -> Iterator[Stranger]:
    """The names in a sentence that its source does not have."""
    yield from _latin(sentence, source)
    yield from _titles(sentence, source)
    yield from _places(sentence, source)
    yield from _known(sentence, source)
    yield from _chinese(sentence, source)


def _latin(sentence: Read, source: Read) -> Iterator[Stranger]:
    # The last part of a name is said for the whole: R1 for DeepSeek-R1.
    there = {
        w
        for m in LATIN.finditer(source.folded)
        for w in (m[0], *m[0].split(" "), *(n.rsplit("-", 1)[-1] for n in m[0].split(" ")))
    }
    written_together = _bare(source.folded)
    for m in LATIN.finditer(sentence.folded):
        for word in m[0].split(" "):
            known = word in there or UNIT.fullmatch(word) or (len(word) > 3 and _bare(word) in written_together)
            if not known:
                yield Stranger(word)


def _bare(text: str) -> str:
    return re.sub(r"[-_ .](?=[a-z0-9])", "", text)


def _titles(sentence: Read, source: Read) -> Iterator[Stranger]:
    for m in TITLE.finditer(sentence.folded):
        mark = m[0][0]
        if mark == "《" and _one_region(m[1]) not in _one_region(source.folded):
            meant = TITLE.search(source.folded)
            yield Stranger(m[1], meant[1] if meant and meant[0][0] == "《" else "")


def _one_region(text: str) -> str:
    for taiwan, mainland in REGIONAL:
        text = text.replace(taiwan, mainland)
    return text


def _places(sentence: Read, source: Read) -> Iterator[Stranger]:
    for m in PLACE.finditer(sentence.folded):
        if m[0] not in source.folded and not re.search(SAME.get(m[0], r"\Z."), source.folded):
            yield Stranger(m[0])


def _known(sentence: Read, source: Read) -> Iterator[Stranger]:
    """Well-known companies and brands, universities and offices."""
    for m in BRAND.finditer(sentence.folded):
        if not has_brand(m[0], source.folded):
            other = BRAND.search(source.folded)
            yield Stranger(m[0], other[0] if other else "")
    for m in OFFICE.finditer(sentence.folded):
        if m[0] not in source.folded:
            other = OFFICE.search(source.folded)
            yield Stranger(m[0], other[0] if other else "")


def _chinese(sentence: Read, source: Read) -> Iterator[Stranger]:
    """Persons, companies and brands: rare words where a name stands, or in the place of one of the source's."""
    for clause in sentence.clauses:
        yield from _in_place_of(clause, source)
        for m in re.finditer(rf"[{HAN}]+", clause.text):
            yield from _in_slots(m[0], clause.text[: m.start()], clause.text[m.end() :], source)


def _in_slots(run: str, before: str, after: str, source: Read) -> Iterator[Stranger]:
    i = 0
    while i < len(run) - 1:
        left, taken = before + run[:i], 0
        for length in (3, 2, 4):
            chunk, right = run[i : i + length], run[i + length :] + after
            if len(chunk) < length or chunk in source.folded or not _rare(chunk):
                continue
            fresh = not any(chunk[k : k + 2] in source.folded for k in range(len(chunk) - 1))
            person = length < 4 and chunk[0] in SURNAMES and BEFORE_PERSON.search(left) and AFTER_PERSON.match(right)
            person = person or (length == 3 and chunk[0] in SURNAMES and not left and AFTER_PERSON.match(right))
            company = BEFORE_PERSON.search(left) and AFTER_BRAND.match(right)
            if fresh and (person or company):
                yield Stranger(chunk)
                taken = length
                break
        i += taken or 1


def _in_place_of(clause: Clause, source: Read) -> Iterator[Stranger]:
    """A name that stands where the clause most like this one has another."""
    for other in nearest(clause, source.clauses)[:1]:
        a, b = clause.text, other.text
        codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        for k, (tag, i, j, x, y) in enumerate(codes):
            if tag != "replace" or not 0 < j - i == y - x <= 5:
                continue  # names give way to names as long, or other words tell it
            before = codes[k - 1][2] - codes[k - 1][1] if k else 0
            after = codes[k + 1][2] - codes[k + 1][1] if k + 1 < len(codes) else 0
            bounded = (before >= 2 or i == x == 0 or before >= 1) and (after >= 1 or (j == len(a) and y == len(b)))
            if max(before, after) < 2 or not bounded or b[x:y] in a:
                continue
            if a[i:j] in source.folded and len(clause.grams & other.grams) < LIKE * len(clause.grams):
                continue
            if re.search(rf"\d[{HAN}]$", a[:i]) and j == len(a) and y == len(b):
                continue  # what ends a clause behind an amount is no name
            if j - i == 1 and not _in_name(a, i, j):
                continue
            mine, theirs = _widened(a, i, j), _widened(b, x, y)
            if PLACE.fullmatch(a[i:j]) and PLACE.fullmatch(b[x:y]):
                yield Stranger(a[i:j], b[x:y])
            if _is_name(mine, a[i:j]) and _is_name(theirs, b[x:y]):
                yield Stranger(mine, theirs)


def _in_name(text: str, start: int, end: int) -> bool:
    """Whether a character is of the name of a company, or behind the surname of a person."""
    behind = text[end:]
    named = any(c in SURNAMES for c in text[max(0, start - 2) : start])
    return AFTER_BRAND.match(behind) is not None or (named and AFTER_PERSON.match(behind) is not None)


def _widened(text: str, start: int, end: int) -> str:
    """A single character with its neighbours that belong to a name, a longer stretch as it is."""
    if end - start > 1:
        return text[start:end]
    left, right = max(0, start - 1), min(len(text), end + 1)
    return text[left:right]


def _is_name(wide: str, core: str) -> bool:
    if not re.fullmatch(rf"[{HAN}]{{2,5}}", wide):
        return False
    if len(core) == 1:
        return core not in COMMON and _rare(wide)
    return _rare(core)


COMMON = frozenset(
    "的了在和与及或也都就还又是有被把对为以从到向于之其这那个些此该并而且但给让年月日约近超逾达至每各等均共仅只已将曾"
)


def _rare(chunk: str) -> bool:
    """Whether no two neighbouring characters make a common word, and none is a particle."""
    common: Mapping[str, int] = general_frequencies()[1]
    return not any(chunk[k : k + 2] in common for k in range(len(chunk) - 1)) and not set(chunk) & COMMON
