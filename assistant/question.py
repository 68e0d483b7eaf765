"""Understand a question: its script, what kind of answer it wants, the terms that carry it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.cantonese import written
from assistant.regions import wordings
from assistant.script import Script, script_of
from ingest.amounts import Amount, amounts
from ingest.fold import fold
from ingest.terms import numbers_in_digits, tokens

Kind = Literal["number", "date", "name", "place", "reason", "definition", "list", "comparison", "method", "other"]

# Phrases that ask and do not name what is asked about. They see folded text.
COURTESY = (
    r"(?:请问?|麻烦(?=[你您帮给简详介说讲查列解总告回问])|劳驾|拜托|烦请)(?:你|您)?(?:们)?(?:帮我|帮忙|给我|为我)?(?:简要|简单|简短|详细|慢慢|大致|扼要)?地?"
    r"(?:回答|介绍|说明|讲讲|说说|讲解|谈谈|解释|描述|概括|总结|列举|列出|告诉我|告知|查一?查|找找)?(?:一下|下(?=[,，:：]))?"
    r"|(?:简要|简单|简短|详细|慢慢|大致|扼要)地?(?:回答|介绍|说明|讲讲|说说|讲解|解释|概括|说|讲)(?:一下)?"
    r"|(?:回答|介绍|说明|说|讲|讲解|谈|解释|描述|概括|总结|查|看)一下|谢谢(?:你|您|了|啦)?|多谢"
)
"""How people ask kindly, and for how much: no words of what they ask about."""
ASKING = re.compile(
    rf"{COURTESY}"
    r"|请问|请|告诉我|想知道|我想|帮我|到底|究竟|大概|大约|具体|一共|总共|分别|各自|各是|各有|各"
    r"|(?:什么|啥)是|什么叫做?|叫做?什么|何谓|是什么|有什么|为什么|为啥|为何|干嘛|干吗|凭什么|什么时候|啥时候|什么样|什么|啥|是谁|谁|哪一年|哪年|哪一个|哪一家|哪一部|哪一项|哪几个|哪几项|哪几条|哪几|哪些|哪个|哪里|哪儿|哪家|哪位|哪种|哪"
    r"|何时|何地|何种|如何|怎么样|怎么|怎样|怎么写|咋"
    r"|是多少|有多少|多少|多久|多长时间|多长|多大|多高|多远|几个|几家|几项|几条|几种|几步|几年|几月|几款|几小时|几"
    r"|是否|是不是|有没有|能不能|会不会|可不可以|吗|呢|吧|呀|啊|么"
    r"|根据(?:报告|资料|文档|课件|文章)|报告(?:里|中|说|认为|怎么)|资料(?:里|中)|文中|文章(?:里|中)|课件(?:里|中|说)?|(?<=里)(?:写|说)的"
)
FUNCTION = frozenset("的了在和与及或也都就还又是有被把对为以从到向于之其这那个些此该并而且但与跟给让它他她们里中上下")

KINDS: Mapping[Kind, re.Pattern[str]] = {
    "reason": re.compile(r"为什么|为啥|为何|干嘛|干吗|原因|凭什么|怎么会|缘故|何以|靠什么|拿什么"),
    "comparison": re.compile(
        r"区别|差别|不同|相比|对比|差异|比较|差在|哪个更|谁更|(?:一样|相同|一致)吗|优缺点|分工|跟.{1,12}比"
    ),
    "definition": re.compile(
        r"是什么意思|什么是|定义|是指什么|指的是什么|指什么|何谓|含义|什么叫|怎么定义|如何界定|^[^,。;:的和与]{2,16}是(?:什么|啥)\??$"
    ),
    "list": re.compile(
        r"(?:几(?=种|类|步|方面|阶段|维度|要素|点|大|部分)|哪几|[二三四五六七八九十两\d]+)(?:个|条|种|类|大类|步|项|方面|点|大|部分|阶段|维度|要素|因素|场景|属性|词|路|怕|家|款|座)"
        r"(?!月|小时|年|钱|人|%).{0,8}$|哪些|有哪|包括什么|包含什么|组成|分为|列出|分别(?:是|叫|指)"
    ),
    "date": re.compile(r"(?:什么|啥)时候|何时|哪一?年|哪一?月|哪一?天|几月|几号|几年|多早|日期|哪个月|时间是"),
    "number": re.compile(
        r"多少|多大|多高|多久|多长|多远|几|比例|占比|份额|增长率|率是|数量|规模|金额|成本|价格|销量|人数|题量"
    ),
    "place": re.compile(
        r"(?<![差别同异势处因题点优]在)(?:哪里|哪儿)|何地|什么地方|(?<![差别同异势处因题点优])在哪|哪个(?:国家|城市|地区|省|市)"
    ),
    "name": re.compile(
        r"谁|哪个|哪位|哪家|叫什么|名字|名称|何人|哪一|改名|什么(?:名|称|平台|公司|品牌|工具|刊物|模式)"
    ),
    "method": re.compile(r"如何|怎么|怎样|怎么办|步骤|方法|咋"),
}
ASKS_ANEW = re.compile(
    r"多少|(?<!差不)多[大高久长远]|(?<![这那近好])几(?!乎|经|十?年[前来间])|什么(?!的)|啥|为何|何[时地种人]|如何|怎么|怎样|谁|哪|吗\??$|是否|是不是"
)
WHATEVER = re.compile("不管|无论|不论|任凭|光看|只看")
"""What a clause asks with: one that has it behind another that has it asks a second thing."""
MARKS_OF_QUESTIONS = ("?", "？")
FEWEST_TERMS = 3
MULTIPLE = re.compile(
    r"分别|各(?:是|有|自|多|为)?|哪[些几两二三四五六]|(?:、|,|和|与|以及).*(?:多少|几|什么|哪)|(?:多少|几|什么|哪).*(?:、|,|;).*(?:多少|几|什么|哪|吗)"
)
SIDES = re.compile(
    r"(?P<one>[^,。?、;:\s和与跟同及]{2,14}?)(?:\s?|,\s?(?=[和与跟]))(?:和|与|跟|、|以及|vs)\s?(?P<other>[^,。?、;:\s和与跟同及]{2,14}?)"
    r"(?=[这那]?[两二]|各|分别|的|在|之间|,|:|哪|有什么|有何|差|区别|不同|相比|比起|谁|\s|\d|\?|$)"
)
"""Two things that a question sets side by side."""
DEFINING = ("是指", "一种", "定义", "概念")
"""Words of sentences that define: looked for beside what is to be defined, as the terms of an earlier question are."""
EACH = re.compile(r"各|分别")
LEANING = re.compile(
    r"^(?:那|那么|这|它|他|她|其|其中|该|此|前者|后者|还有|另外|同样|上述|以上|然后)|呢\??$|(?:它|他们|它们|这个|这些|那个|那些|其中|该(?:公司|品牌|平台|报告)|此)"
)


DATED = re.compile(r"(?:19|20)?\d\d\s?年(?:\d{1,2}\s?月)?(?:\d{1,2}\s?[日号號])?|\d{1,2}\s?月(?:\d{1,2}\s?[日号號])?")
DAYS = {
    "元旦": "1月1日",
    "三八节|妇女节": "3月8日",
    "五一(?!.?[年月])|劳动节": "5月1日",
    "六一(?!.?[年月])|儿童节": "6月1日",
    "(?<!双)十一(?:黄金周|长假|假期)|国庆": "10月1日",
    "双十一|双11": "11月11日",
    "双十二|双12": "12月12日",
    "圣诞": "12月25日",
}
"""Days that reports give by their date, and readers by their name."""
MOST_LEANT_ON = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in the words of another region: folded, with the terms and the context that it then has."""

    folded: str
    terms: tuple[str, ...]
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what could be read out of it.

    `terms` are the tokens of what it asks about, folded, with question words
    and particles left out; `context` those of earlier questions that it leans on.
    `side` is the folded name of the thing that this part of a comparison is about.
    `asking` are the folded words that say what is wanted: its own, and those of
    the question it leans on when it has none ("那 R1 呢？"). `wordings` are the
    same question as other regions put it, where that is another; `amounts` are those
    it tells, small counts aside, each with the words it tells it in. `before` are the
    earlier questions that it leans on.
    """

    text: str
    folded: str
    script: Script
    kind: Kind
    multiple: bool
    terms: tuple[str, ...]
    context: tuple[str, ...] = ()
    asking: str = ""
    side: str = ""
    wordings: tuple[Wording, ...] = ()
    amounts: tuple[tuple[Amount, str], ...] = ()
    before: str = ""

    @property
    def search_text(self) -> str:
        """What the embedding model sees."""
        return written(self.text)


def understand(text: str, history: Sequence[str] = ()) -> Question:
    """Read a question; `history` are the earlier questions of the same conversation, oldest first.

    The last question in telling script decides the script; Simplified when none tells.
    """
    script: Script = "zh-Hans"
    for earlier in [*history, text]:
        script = script_of(earlier, script)
    folded = fold(written(text))
    terms = informative_terms(text)
    kind = kind_of(folded)
    asking = folded
    before = _leant_on(history) if history and leans(folded, terms) else ()
    if kind == "other" and before:
        wanting = next((e for e in before if kind_of(fold(written(e))) != "other"), before[0])
        wanted = fold(written(wanting))
        kind = kind_of(wanted)
        asking = f"{wanted} {folded}"
    leans_on = " ".join(before)
    if DATED.search(_days_dated(folded)):
        # 那2022年呢: the year of the earlier question is not meant any more.
        leans_on = DATED.sub(" ", written(leans_on))
    context = tuple(t for t in informative_terms(leans_on) if t not in terms)
    if kind == "definition":
        context += tuple(t for t in DEFINING if t not in terms)
    return Question(
        text=text,
        folded=folded,
        script=script,
        kind=kind,
        multiple=MULTIPLE.search(folded) is not None,
        terms=terms,
        context=context,
        asking=asking,
        wordings=_worded(text, leans_on),
        amounts=_told(text),
        before=leans_on,
    )


def _leant_on(history: Sequence[str]) -> tuple[str, ...]:
    """The earlier questions that a question leans on, the last first: up to one that points at none before it."""
    found = []
    for earlier in list(history)[::-1][:MOST_LEANT_ON]:
        found.append(earlier)
        if not LEANING.search(fold(written(earlier))):
            break
    return tuple(found)


def _days_dated(text: str) -> str:
    """A text with the days that it calls by a name given by their dates."""
    for name, date in DAYS.items():
        text = re.sub(name, date, text)
    return text


def _worded(text: str, before: str) -> tuple[Wording, ...]:
    """A question, and the text it leans on, in the words of other regions, and with dates for days that have a name."""
    found = []
    text, before = written(text), written(before)
    pairs = list(zip(*_put_together(text, before), strict=True))
    if (dated := _days_dated(text)) != text:
        pairs.append((dated, before))
    for said, earlier in pairs:
        terms = informative_terms(said)
        context = tuple(t for t in informative_terms(earlier) if t not in terms)
        found.append(Wording(fold(said), terms, context))
    return tuple(found)


def _put_together(text: str, before: str) -> tuple[list[str], list[str]]:
    """Two texts converted together, so that each wording is of one region throughout."""
    pairs = [w.split("\n") for w in wordings(f"{_on_one_line(text)}\n{_on_one_line(before)}")]
    return [said for said, _ in pairs], [earlier for _, earlier in pairs]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _told(text: str) -> tuple[tuple[Amount, str], ...]:
    return tuple((a, a.place.of(text)) for a in amounts(text) if a.telling)


def parts_of(question: Question) -> list[Question]:
    """The questions that one text asks one after another, each with the terms of the others as its context.

    The question itself where there is only one. A later one is asked after
    those `before` it: 《…》是谁写的，发在什么刊物 names its thing once. One that
    stands by itself has none of what is asked behind it as its context.
    """
    texts = _asked_apart(question.text)
    if len(texts) < 2:
        return [question]
    parts: list[Question] = []
    for text in texts:
        folded = fold(written(text))
        terms = informative_terms(text)
        known = question.terms if leans(folded, terms) else tuple(t for p in parts for t in p.terms)
        context = tuple(t for t in dict.fromkeys((*known, *question.context)) if t not in terms)
        parts.append(
            replace(
                question,
                text=text,
                folded=folded,
                kind=kind_of(folded),
                multiple=MULTIPLE.search(folded) is not None,
                terms=terms,
                context=context,
                asking=folded,
                wordings=_worded(text, question.text),
                amounts=_told(text),
                before=" ".join([question.before, *(p.text for p in parts)]).strip(),
            )
        )
    return parts


def _asked_apart(text: str) -> list[str]:
    """A text cut so that each piece asks once: behind a question mark, and behind a comma where what follows asks anew.

    What asks nothing is left to the piece that it leads to, or at the end to the one before it.
    """
    pieces: list[str] = []
    lead = ""
    for clause in re.split(r"(?<=[?？,，;；、])", text):
        lead += clause
        ends = lead.rstrip()[-1:] in MARKS_OF_QUESTIONS
        goes_on = bool(pieces) and pieces[-1].rstrip()[-1:] not in MARKS_OF_QUESTIONS
        if not informative_terms(lead) or not (ends or _asks_anew(clause)):
            continue
        if ends and goes_on and not _asks_anew(clause):
            pieces[-1] += lead
        else:
            pieces.append(lead)
        lead = ""
    if lead and pieces:
        pieces[-1] += lead
    return pieces


def _asks_anew(clause: str) -> bool:
    folded = fold(written(clause))
    return ASKS_ANEW.search(folded) is not None and not WHATEVER.match(folded)


def looked_for(question: Question) -> list[Question]:
    """What is looked for to answer a question: each of its parts, and of a comparison behind it each of its sides.

    One whose parts only commas part is first looked for as a whole, as one sentence may answer them all; where that
    has two sides, each of these is asked all of it.
    """
    parts = parts_of(question)
    if len(parts) > 1 and sum(map(question.text.count, MARKS_OF_QUESTIONS)) < 2:
        sides = sides_of(question)
        return [question, *(sides or parts)]
    return [asked for part in parts for asked in (part, *sides_of(part))]


def clauses_of(question: Question) -> list[Question]:
    """The clauses of a question that asks with its last one of what those before it name, each by itself.

    跟华润啤酒闹翻的那几家平台里，美团占多大份额: who they are and what the share
    is may stand in two reports. The one that asks comes first. Empty where nothing leads to it.
    """
    *leading, asking = re.split("[,，]", question.text)
    lead = "，".join(leading)
    if not _asks_anew(asking) or any(len(informative_terms(t)) < FEWEST_TERMS for t in (lead, asking)):
        return []
    asked = (understand(text) for text in (asking, lead))
    return [replace(a, script=question.script) for a in asked]


def sides_of(question: Question) -> list[Question]:
    """The question asked of each of two things that it compares or lists; empty where it names no two."""
    pair = SIDES.search(question.folded)
    if pair is None or not (question.kind == "comparison" or EACH.search(question.folded)):
        return []
    # Offsets of the folded question are those of the question only where folding kept the length.
    text = question.text if len(question.text) == len(question.folded) else question.folded
    sides = []
    for name in ("one", "other"):
        asked = text[: pair.start()] + text[pair.start(name) : pair.end(name)] + text[pair.end() :]
        terms = informative_terms(asked)
        if not informative_terms(pair[name]):
            return []
        sides.append(
            replace(
                question,
                text=asked,
                folded=fold(asked),
                terms=terms,
                multiple=False,
                side=pair[name],
                wordings=_worded(asked, ""),
                amounts=_told(asked),
            )
        )
    return sides


def kind_of(folded: str) -> Kind:
    """What kind of answer a folded question wants."""
    return next((kind for kind, pattern in KINDS.items() if pattern.search(folded)), "other")


def informative_terms(text: str) -> tuple[str, ...]:
    """The distinct tokens of a question without the words that only ask."""
    kept = ASKING.sub(" ", written(text))
    return tuple(dict.fromkeys(t for t in tokens(kept) if not all(c in FUNCTION for c in t)))


def in_digits(question: Question) -> list[str]:
    """The numbers of a question's amounts as reports most often write them, where it writes them otherwise."""
    return sorted(numbers_in_digits(a for a, _ in question.amounts).difference(question.terms))


def leans(folded: str, terms: Sequence[str]) -> bool:
    """Whether a question needs the one before it to be understood."""
    return LEANING.search(folded) is not None or len(terms) <= 6
