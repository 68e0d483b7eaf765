"""What is read out of a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.asked import kind_missing
from assistant.question import clauses_of, informative_terms, kind_of, looked_for, parts_of, sides_of, understand
from assistant.script import Script, in_script
from evals.case import read_cases
from ingest.fold import fold

CASES = Path(__file__).parents[2] / "evals" / "cases" / "corpus.jsonl"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("R1 的训练成本是多少？", "number"),
        ("市场规模有多大", "number"),
        ("成長幾趴？", "number"),
        ("占幾成？", "number"),
        ("樂評有幾則？", "number"),
        ("上線多久了？", "number"),
        ("什么时候发布？", "date"),
        ("哪一年哪個月改名的？", "date"),
        ("幾月開張？", "date"),
        ("谁是通讯作者？", "name"),
        ("是哪位評審？", "name"),
        ("後來改名叫什麼？", "name"),
        ("总部在哪里？", "place"),
        ("總部設在哪？", "place"),
        ("為什麼停售？", "reason"),
        ("為何停售？", "reason"),
        ("什么是即时零售？", "definition"),
        ("即時零售的定義是什麼？", "definition"),
        ("品牌有哪三種選擇？", "list"),
        ("分为几个阶段？", "list"),
        ("山姆和盒马有什么区别？", "comparison"),
        ("這兩種模式差在哪裡？", "comparison"),
        ("如何做 DTC？", "method"),
        ("資訊外洩怎麼辦？", "method"),
        ("介绍一下 4D", "other"),
        ("團隊幹嘛要這樣做？", "reason"),
        ("首店开在哪个城市？", "place"),
        ("分享者是哪家公司？", "name"),
        ("即時零售是什麼？", "definition"),
    ],
)
def test_a_question_tells_what_kind_of_answer_it_wants(text: str, kind: str) -> None:
    """The kind is read from the asking words, in the wording of the mainland and of Taiwan."""
    assert kind_of(fold(text)) == kind


def test_both_scripts_of_a_question_are_understood_alike() -> None:
    """Converting a question changes its script and nothing else that is read out of it."""
    for case in read_cases(CASES):
        simplified, traditional = (understand(in_script(case.question, s)) for s in ("zh-Hans", "zh-Hant"))
        assert simplified.terms == traditional.terms
        assert (simplified.kind, simplified.multiple) == (traditional.kind, traditional.multiple)


@pytest.mark.parametrize(
    ("text", "history", "script"),
    [
        ("训练成本？", [], "zh-Hans"),
        ("訓練成本？", [], "zh-Hant"),
        ("R1?", [], "zh-Hans"),
        ("R1?", ["訓練成本是多少？"], "zh-Hant"),
        ("R1 的成本?", ["訓練成本是多少？", "R2?"], "zh-Hant"),
        ("训练成本？", ["訓練成本是多少？"], "zh-Hans"),
        ("訓練成本？", ["训练成本是多少？"], "zh-Hant"),
    ],
)
def test_the_last_telling_question_decides_the_script(text: str, history: list[str], script: Script) -> None:
    """A question in no telling script is answered in the script of the conversation."""
    assert understand(text, history).script == script


def test_terms_are_what_a_question_asks_about() -> None:
    """Question words and particles are no terms; names, figures and pairs of characters are, each once."""
    assert informative_terms("请问 R1 的训练成本是多少？") == (
        "r", "1", "r1", "训", "的训", "练", "训练", "成", "练成", "本", "成本",
    )  # fmt: skip
    assert informative_terms("請問 R1 的訓練成本是多少？") == informative_terms("请问 R1 的训练成本是多少？")
    assert informative_terms("ＤＴＣ，DTC") == ("dtc",)
    assert "80380" in informative_terms("卖出 80,380 辆")


@pytest.mark.parametrize("text", ["", "？", "有哪些？", "这是什么呢", "为什么？", "几小时"])
def test_a_question_of_asking_words_alone_has_no_terms_of_its_own(text: str) -> None:
    """Words that only ask carry nothing to look for."""
    assert not [t for t in informative_terms(text) if t not in {"这"}]


def test_when_is_an_asking_word() -> None:
    """什么时候 asks and is not looked for."""
    assert informative_terms("什么时候改名？") == informative_terms("何时改名？")


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("那 R1 呢？", "R1-Zero 的训练用了多少小时？"),
        ("它的訓練用了多久？", "R1-Zero 是什麼模型？"),
        ("其中最大的是哪家？", "即时零售有哪些平台？"),
        ("R1？", "R1-Zero 的训练用了多少小时？"),
    ],
)
def test_a_follow_up_leans_on_the_question_before_it(text: str, earlier: str) -> None:
    """The terms of the earlier question are the context of one that cannot stand alone."""
    question = understand(text, [earlier])
    assert question.context
    assert set(question.context) <= set(informative_terms(earlier)) - set(question.terms)


def test_a_follow_up_that_does_not_ask_wants_what_the_earlier_question_wanted() -> None:
    """Kind and unit of "那 R1 呢？" are those of the question it follows."""
    question = understand("那 R1 呢？", ["R1-Zero 的训练用了多少小时？"])
    assert question.kind == "number"
    assert "多少小时" in question.asking
    assert understand("它为什么停售？", ["R1-Zero 的训练用了多少小时？"]).kind == "reason"


def test_a_question_that_stands_alone_leans_on_nothing() -> None:
    """A new subject brings no terms of the old one with it."""
    question = understand("山姆会员店在中国一共开了多少家门店？", ["盒马鲜生的定位是什么？"])
    assert question.context == ()


def test_only_the_latest_question_is_leaned_on() -> None:
    """Of several earlier questions the last one gives the context."""
    question = understand("那它呢？", ["沃尔沃卖了多少辆？", "蔚来卖了多少辆？"])
    assert "蔚来" in question.context
    assert "沃尔" not in question.context


def test_each_of_several_questions_is_a_part() -> None:
    """A text of two questions has two parts, each with its kind; the second has the terms of the first as its context, and not the reverse."""
    first, second = parts_of(understand("美團的份額是多少？指導意見什麼時候發布？"))
    assert (first.text, first.kind) == ("美團的份額是多少？", "number")
    assert (second.text, second.kind) == ("指導意見什麼時候發布？", "date")
    assert first.script == second.script == "zh-Hant"
    assert first.context == ()
    assert set(first.terms) <= {*second.terms, *second.context}
    assert not set(second.terms) & set(second.context)


def test_a_part_that_does_not_stand_by_itself_knows_the_others() -> None:
    """What is asked first may be named only behind it."""
    first, _ = parts_of(understand("谁提的？4D 营销是什么？"))
    assert "营销" in first.context


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("宜家的报告是谁写的，登在哪本刊物？", ["宜家的报告是谁写的，", "登在哪本刊物？"]),
        ("小米什麼時候上市、募了多少錢？", ["小米什麼時候上市、", "募了多少錢？"]),
        ("4D 是什么，又有哪些要素", ["4D 是什么，", "又有哪些要素"]),
        ("其中哪个是起点，哪个是终点？", ["其中哪个是起点，", "哪个是终点？"]),
    ],
)
def test_a_clause_that_asks_anew_is_a_part(text: str, parts: list[str]) -> None:
    """A second thing that is asked behind a comma is looked for by itself; it knows what was asked before it."""
    first, second = parts_of(understand(text))
    assert [first.text, second.text] == parts
    assert (first.before, second.before) == ("", parts[0])


@pytest.mark.parametrize(
    "text",
    [
        "为什么客服回复、写文案这种工作很难照搬？",
        "在山姆，不管供应商是谁，商品一律挂哪个牌子？",
        "近几年红起来的硬折扣，报告认为有哪些原因？",
        "跟差不多大的模型比，R1 便宜多少？",
        "光看卖了多少钱，会落下什么毛病？",
        "在直播电商、即时零售和社区团购里，美团占多少？",
    ],
)
def test_a_clause_that_only_leads_to_a_question_is_no_part(text: str) -> None:
    """Words that ask elsewhere, and clauses that say of what is asked, cut nothing."""
    assert [p.text for p in parts_of(understand(text))] == [text]


def test_parts_behind_commas_are_first_looked_for_as_a_whole() -> None:
    """One sentence may answer them all; questions that each end in a mark are looked for one by one."""
    whole = understand("小米什么时候上市，募了多少钱？")
    assert looked_for(whole) == [whole, *parts_of(whole)]
    apart = understand("小米什么时候上市？募了多少钱？")
    assert looked_for(apart) == parts_of(apart)


def test_sides_are_each_asked_all_of_a_comparison() -> None:
    """A comparison is not cut at its commas as well: each side is asked everything."""
    compared = understand("致知和千趣会，谁的资历老，各是哪年成立的？")
    assert looked_for(compared) == [compared, *sides_of(compared)]


def test_what_leads_to_a_question_is_a_clause_of_it() -> None:
    """The clause that asks comes first; both stand by themselves and keep the script of the whole."""
    asking, leading = clauses_of(understand("跟華潤啤酒鬧翻的那幾家平台裡，美團占多大份額？"))
    assert (asking.text, asking.kind) == ("美團占多大份額？", "number")
    assert leading.text == "跟華潤啤酒鬧翻的那幾家平台裡"
    assert asking.script == leading.script == "zh-Hant"


@pytest.mark.parametrize(
    "text", ["美团占多大份额？", "请问，美团占多大份额？", "美团占多大份额，还有别的平台", "哦，多少？"]
)
def test_a_question_without_a_lead_has_no_clauses(text: str) -> None:
    """Courtesy leads to nothing, and what follows the question does not either."""
    assert clauses_of(understand(text)) == []


@pytest.mark.parametrize("text", ["美团的份额是多少？", "美团的份额是多少", "美团的份额是多少？请问呢？", ""])
def test_one_question_is_its_own_part(text: str) -> None:
    """Nothing is split where only one question asks about something."""
    question = understand(text)
    assert parts_of(question) == [question]


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("盒马和山姆各有多少款？", True),
        ("有哪些平台？", True),
        ("份额、销量是多少？", True),
        ("训练成本是多少？", False),
        ("谁是通讯作者？", False),
    ],
)
def test_a_question_tells_whether_it_asks_for_several_things(text: str, several: bool) -> None:
    """Lists, pairs and 各 ask for more than one thing."""
    assert understand(text).multiple == several


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("美團和餓了麼 2023 年各占多少份額？", ["美团", "饿了么"]),
        ("R1-Zero 和 R1 的训练时间有什么不同？", ["r1-zero", "r1"]),
        ("盒馬鮮生和超盒算NB,定位差在哪裡?", ["盒马鲜生", "超盒算nb"]),
        ("山姆与盒马的区别是什么？", ["山姆", "盒马"]),
        ("门店的配送半径，和前置仓的覆盖半径一样吗？", ["门店的配送半径", "前置仓"]),
        ("山姆和盒马的老板是谁？", []),
        ("直播电商的优缺点是什么？", []),
    ],
)
def test_a_comparison_has_two_sides(text: str, sides: list[str]) -> None:
    """Each side is asked about by itself, in the words of the question, with the other left out."""
    parts = sides_of(understand(text))
    assert [p.side for p in parts] == sides
    for part, other in zip(parts, reversed(parts), strict=True):
        assert part.side in part.folded
        assert other.side not in part.folded.replace(part.side, "")
        assert set(part.terms) <= {*understand(text).terms, *part.terms}


def test_a_follow_up_leans_back_to_what_stands_by_itself() -> None:
    """Of three turns the last still knows what the first was about; a question that stands by itself ends it."""
    asked = understand("那成本呢？", ["天猫的方法论是哪年发布的？", "它由谁提出？"])
    assert "天猫" in asked.context
    asked = understand("那成本呢？", ["天猫的方法论是哪年发布的？", "波司登碰到的三个痛点分别是什么？"])
    assert "天猫" not in asked.context


def test_a_year_takes_the_place_of_the_earlier_one() -> None:
    """那2022年呢 asks about no other year."""
    asked = understand("那2022年呢？", ["2021年的市场规模是多少？"])
    assert "2021" not in asked.context
    assert "规模" in asked.context
    assert asked.kind == "number"


def test_named_days_are_also_looked_for_by_date() -> None:
    """六一 stands in reports as 6月1日."""
    assert any("6月1日" in w.folded for w in understand("六一那批卖了多久？").wordings)
    assert not any("月" in w.folded for w in understand("第十一批卖了多久？").wordings)


@pytest.mark.parametrize(
    "kindly",
    [
        "请慢慢回答，即时零售是什么？",
        "请简要回答：即时零售是什么？",
        "麻烦介绍一下即时零售是什么，谢谢",
        "麻煩您幫忙查一下，即時零售是什麼？謝謝",
        "劳驾详细说明一下，即时零售是什么",
    ],
)
def test_asking_kindly_asks_the_same(kindly: str) -> None:
    """Words of courtesy, and of how much is wanted, are no words of what is asked about."""
    assert set(understand(kindly).terms) == set(understand("即时零售是什么？").terms)


def test_a_word_of_courtesy_may_be_what_is_asked_about() -> None:
    """Trouble that somebody has is no courtesy."""
    assert "麻烦" in understand("门店遇到了哪些麻烦？").terms


@pytest.mark.parametrize(
    "text", ["外卖跟即时零售差别在哪？", "直播带货的优势在哪？", "这套做法的长处在哪？", "两者的差异在哪里？"]
)
def test_where_a_difference_lies_is_no_place(text: str) -> None:
    """Words that mostly ask for a place ask for something else behind a difference or a strength."""
    question = understand(text)
    assert question.kind != "place"
    assert not kind_missing(question, fold("它的贷款条件宽松。"))
    assert kind_missing(understand("总部在哪里？"), fold("它的贷款条件宽松。"))
