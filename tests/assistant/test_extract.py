"""The sentences of passages that answer, and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import paragraphs

from assistant import Hit
from assistant.choose import choose
from assistant.extract import Candidate, candidates, of_its_row, of_its_year
from assistant.offered import DAMAGE, LONG, parts, undamaged
from assistant.question import Question, understand
from assistant.rank import Weighted
from assistant.run import Run
from ingest.document import BREAK, Span

Weigh = Callable[[Question], Weighted]
MakeHit = Callable[..., Hit]
UNRELATED = "骑手平均用时31分钟。"


class Reader(NamedTuple):
    """Reads passages for a question, by hand."""

    weigh: Weigh
    passage: MakeHit

    def offered(self, question: str, *texts: str, **known: str) -> list[Candidate]:
        """The sentences that may answer, best first."""
        asked = understand(question)
        return candidates(asked, self.weigh(asked), self._hits(texts, **known))

    def runs(self, question: str, *texts: str, apart_from: Sequence[Run] = (), **known: str) -> list[Run]:
        """The runs of sentences that make the answer."""
        asked = understand(question)
        documents = {f"{n}.txt": text for n, text in enumerate(texts)}
        ranked = candidates(asked, self.weigh(asked), self._hits(texts, **known))
        return choose(asked, ranked, documents.__getitem__, apart_from)

    def answer(self, question: str, *texts: str, **known: str) -> list[list[str]]:
        """The sentences of each run."""
        documents = {f"{n}.txt": text for n, text in enumerate(texts)}
        return [[s.of(documents[r.document]) for s in r.sentences] for r in self.runs(question, *texts, **known)]

    def _hits(self, texts: Sequence[str], **known: str) -> list[Hit]:
        return [self.passage(t, number=n, document=f"{n}.txt", **known) for n, t in enumerate(texts)]


@pytest.fixture(scope="session")
def reader(weigh: Weigh, passage: MakeHit) -> Reader:
    """Reads passages for a question."""
    return Reader(weigh, passage)


def test_the_sentence_that_answers_comes_first(reader: Reader) -> None:
    """Of the sentences of several passages the one with the asked thing and a figure for it is best."""
    found = reader.offered("训练成本是多少？", f"训练成本受到关注。{UNRELATED}", "训练成本约29.4万美元。训练很快。")
    assert found[0].text == "训练成本约29.4万美元。"
    assert len(found) == 4


def test_candidates_lie_where_they_say(reader: Reader) -> None:
    """The place of a candidate is where its text stands in its passage."""
    text = f"一、成本\n\n训练成本约29.4万美元。{BREAK}平台 | 份额\n美团 | 45%\n\n{UNRELATED}"
    for found in reader.offered("训练成本是多少？", text):
        assert found.place.of(text) == found.text
        assert found.text == found.text.strip()


@pytest.mark.parametrize(
    "heading",
    ["训练成本是多少", "一、训练成本是多少", "训练成本是多少？"],
)
def test_headings_and_questions_are_not_offered(reader: Reader, heading: str) -> None:
    """What only names what follows is no answer, however many words of the question it has."""
    found = reader.offered("训练成本是多少？", f"{heading}\n\n约29.4万美元。{UNRELATED}")
    assert heading not in [c.text for c in found]
    assert found[0].text == "约29.4万美元。"


def test_a_whole_sentence_is_offered_though_the_text_is_called_by_it(reader: Reader) -> None:
    """A plain text is called by how it begins, and may begin with what is asked for."""
    text = "DeepSeek-R1的训练花费29.4万美元。论文登上了《Nature》杂志的封面。"
    (first, *_) = reader.offered("DeepSeek-R1的训练花费多少美元？", text, title="DeepSeek-R1的训练花费29.4万美元。")
    assert first.text == "DeepSeek-R1的训练花费29.4万美元。"


def test_long_titles_are_not_offered(reader: Reader) -> None:
    """A title is no answer at any length."""
    title = "DeepSeek-R1 的训练成本：约 200 万元人民币意味着什么"
    assert title not in [
        c.text
        for c in reader.offered("训练成本是多少？", f"{title}\n\n大约是 29.4 万美元。", title=title, heading=title)
    ]


def test_the_heading_is_context_of_what_follows(reader: Reader) -> None:
    """A sentence under a heading that names the asked thing beats the same sentence under another."""
    found = reader.offered("山姆的毛利率是多少？", "盒马\n\n毛利率为21%。", "山姆\n\n毛利率为16%。")
    assert found[0].text == "毛利率为16%。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("核心属性包括快、近、全、省和稳。" + UNRELATED, ["核心属性包括快、近、全、省和稳。"]),
        (
            f"核心属性有五个：\n1. 快\n2. 近\n3. 全\n4. 省\n5. 稳{BREAK}{UNRELATED}",
            ["核心属性有五个：", "1. 快", "2. 近", "3. 全", "4. 省", "5. 稳"],
        ),
        (
            f"核心属性如下：\n- 送得快\n- 仓库近\n- 品类全{BREAK}{UNRELATED}",
            ["核心属性如下：", "- 送得快", "- 仓库近", "- 品类全"],
        ),
        (
            "核心属性如下。一是快，半小时送达。二是近，三公里以内。三是全，品类齐备。" + UNRELATED,
            ["核心属性如下。", "一是快，半小时送达。", "二是近，三公里以内。", "三是全，品类齐备。"],
        ),
        (
            "核心属性有三个。第一，快。第二，近。第三，全。" + UNRELATED,
            ["核心属性有三个。", "第一，快。", "第二，近。", "第三，全。"],
        ),
        (
            f"核心屬性如下：\n（1）快\n（2）近\n（3）全{BREAK}{UNRELATED}",
            ["核心屬性如下：", "（1）快", "（2）近", "（3）全"],
        ),
    ],
)
def test_lists_are_gathered_whole(reader: Reader, text: str, expected: list[str]) -> None:
    """A list is answered with its announcement and all of its items, and with nothing behind it."""
    assert reader.answer("即时零售有哪些核心属性？", text)[0] == expected


def test_a_list_does_not_cross_a_break(reader: Reader) -> None:
    """The items of another table or section are not those of this list."""
    text = f"核心属性如下：\n- 送得快\n- 仓库近{BREAK}\n- 下载须知\n- 版权声明"
    assert reader.answer("即时零售有哪些核心属性？", text)[0] == ["核心属性如下：", "- 送得快", "- 仓库近"]


@pytest.mark.parametrize("following", [UNRELATED, "公司成立于2015年，总部设在上海，员工一千人。"])
def test_a_list_ends_where_its_last_item_ends(reader: Reader, following: str) -> None:
    """The paragraph behind a list does not belong to it."""
    (run,) = reader.answer("即时零售有哪些核心属性？", f"核心属性如下：\n- 送得快\n- 仓库近\n\n{following}")
    assert run == ["核心属性如下：", "- 送得快", "- 仓库近"]


def test_an_item_brings_the_others_with_it(reader: Reader) -> None:
    """Where an item is the best sentence, the items around it and the announcement come too."""
    text = f"{UNRELATED}评审的要求如下：\n1. 补做测试\n2. 分析各阶段的性能\n3. 讨论误用"
    assert reader.answer("评审要求分析哪些方面的性能？", text)[0] == [
        "评审的要求如下：",
        "1. 补做测试",
        "2. 分析各阶段的性能",
        "3. 讨论误用",
    ]


def test_a_list_at_the_very_beginning_keeps_its_first_item(reader: Reader) -> None:
    """The first sentence of a document belongs to its list like any other."""
    text = "第一步，提交稿件。第二步，评审稿件。第三步，修改稿件。"
    assert reader.answer("评审稿件的步骤有哪些？", text)[0][0] == "第一步，提交稿件。"


def test_rows_are_read_with_the_head_of_their_table(reader: Reader) -> None:
    """The head of a table names what its rows hold, and is not offered itself."""
    table = "平台 | 市场份额 | 增长率\n美团 | 45% | 12%\n饿了么 | 40% | 8%"
    best, other = reader.offered("饿了么的市场份额是多少？", table)
    assert (best.text, other.text) == ("饿了么 | 40% | 8%", "美团 | 45% | 12%")
    assert best.features["coverage"] > reader.offered("饿了么的市场份额是多少？", best.text)[0].features["coverage"]


def test_a_second_table_has_its_own_head(reader: Reader) -> None:
    """The head of an earlier table does not name the rows of a later one."""
    text = "平台 | 市场份额\n美团 | 45%\n\n两家的员工数见下表。\n\n平台 | 员工数\n美团 | 4万"
    rows = {c.text: c.features["coverage"] for c in reader.offered("美团的员工数是多少？", text)}
    assert "平台 | 员工数" not in rows
    assert rows["美团 | 4万"] > rows["美团 | 45%"]


def test_a_reason_brings_the_sentence_before_its_conclusion(reader: Reader) -> None:
    """因此 points back at the reason."""
    text = f"{UNRELATED}老顾客买得更勤，每次买得更少。因此客单价下降了4元。"
    assert reader.answer("为什么客单价下降了？", text)[0] == ["老顾客买得更勤，每次买得更少。", "因此客单价下降了4元。"]


def test_a_reason_stays_in_its_paragraph(reader: Reader) -> None:
    """The last sentence of the paragraph before is no reason."""
    text = f"店长换了招牌。{UNRELATED}\n\n因此客单价下降了4元。"
    assert reader.answer("为什么客单价下降了？", text)[0] == ["因此客单价下降了4元。"]


def test_a_reason_may_be_the_first_sentence_of_a_document(reader: Reader) -> None:
    """因此 in the second sentence of a document points at the first."""
    text = "老顾客买得更勤，每次买得更少。因此客单价下降了4元。"
    assert len(reader.answer("为什么客单价下降了？", text)[0]) == 2


def test_a_number_is_answered_with_one_sentence(reader: Reader) -> None:
    """What explains is left out where a figure is asked for."""
    text = "训练成本约29.4万美元。这一数字引起了讨论。有人表示怀疑。"
    assert reader.answer("训练成本是多少？", text) == [["训练成本约29.4万美元。"]]


def test_an_explanation_goes_on_in_its_paragraph(reader: Reader) -> None:
    """Definitions take the sentences that follow in the same paragraph, and no more."""
    text = "即时零售是指半小时送达的零售。它由附近的门店发货。\n\n直播电商是另一回事。"
    assert reader.answer("什么是即时零售？", text)[0] == ["即时零售是指半小时送达的零售。", "它由附近的门店发货。"]


def test_another_value_of_another_source_is_given_too(reader: Reader) -> None:
    """Two reports with different figures for the same thing are both cited."""
    answer = reader.answer("训练成本是多少？", "训练成本约为208万元。", "训练成本约为200万元。")
    assert sorted(answer) == [["训练成本约为200万元。"], ["训练成本约为208万元。"]]


def test_nothing_is_said_twice(reader: Reader) -> None:
    """The same words in the other script add nothing."""
    assert len(reader.answer("训练成本有哪些？", "训练成本是29.4万美元。", "訓練成本是29.4萬美元。")) == 1


def test_what_another_part_took_is_not_taken_again(reader: Reader) -> None:
    """Runs stay apart from those of the other questions in the same text."""
    text = "训练成本约29.4万美元。训练用了80小时。"
    first = reader.runs("训练成本是多少？", text)
    again = reader.runs("训练成本是多少？", text, apart_from=first)
    assert not {s for r in first for s in r.sentences} & {s for r in again for s in r.sentences}


def test_no_sentence_makes_no_answer(reader: Reader) -> None:
    """Without passages there is nothing to choose."""
    assert reader.offered("训练成本是多少？") == []
    assert reader.runs("训练成本是多少？") == []


def test_long_sentences_are_cut_at_semicolons(reader: Reader) -> None:
    """Of a long sentence the part that answers is offered."""
    parts = [f"第{n}季度的销售额为{n}00万元，{'增长来自新店，' * 8}；" for n in "一二三四"]
    found = reader.offered("第三季度的销售额是多少？", "".join(parts))
    assert {c.text for c in found} == set(parts)
    assert found[0].text == parts[2]


def test_long_sentences_are_cut_at_list_marks(reader: Reader) -> None:
    """A flattened list is offered by its items."""
    text = "".join(f"{n}、第{n}项要求企业{'核对数据口径' * 8}" for n in range(1, 5))
    assert [c.text[:2] for c in sorted(reader.offered("有哪些要求？", text), key=lambda c: c.place)] == [
        "1、",
        "2、",
        "3、",
        "4、",
    ]


def test_a_sentence_that_is_not_long_stays_whole(reader: Reader) -> None:
    """Semicolons cut nothing that a reader takes in at once."""
    text = "一季度为100万元；二季度为200万元。"
    assert len(text) < LONG
    assert [c.text for c in reader.offered("二季度是多少？", text)] == [text]


def test_a_decimal_or_a_figure_is_never_cut(reader: Reader) -> None:
    """Cuts fall behind marks of the sentence, not inside 1,234 or 3.5."""
    text = "，".join(f"门店{n}的销售额为{n}{n},{n}34.5万元" for n in range(1, 60)) + "。"
    for found in reader.offered("门店7的销售额是多少？", text):
        assert not found.text[0].isdigit()
        assert found.text[-1] in "，。"


@given(text=paragraphs(least=2, most=8) | paragraphs(least=2, most=8, traditional=True))
def test_runs_hold_their_sentences_in_order(reader: Reader, text: str) -> None:
    """Whatever is asked of whatever text, a run begins and ends with its sentences, which share no character."""
    for question in ("市场规模是多少？", "为什么复购率上升？", "分为哪几个层面？", "什么是即时零售？"):
        for run in reader.runs(question, text):
            assert run.clean.start == run.sentences[0].start
            assert run.clean.end == run.sentences[-1].end
            assert all(a.end <= b.start for a, b in pairwise(run.sentences))


def test_runs_share_no_sentence(reader: Reader) -> None:
    """A sentence that was said is not said again as the explanation of another."""
    text = "仓储、物流和店员的成本加起来，只占销售额的9.8%。当每天的单量超过800单时，一个前置仓才能盈利。"
    said = [s for run in reader.runs("什么是即时零售？", text) for s in run.sentences]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("pointer", ["本报告梳理训练成本的构成。", "训练成本见表2。", "表2列出了各阶段的训练成本。"])
def test_what_points_on_is_no_answer(reader: Reader, pointer: str) -> None:
    """A sentence that says what a report deals with, or where a figure stands, comes behind one that tells."""
    found = reader.offered("训练成本是多少？", f"{pointer}训练的成本是29.4万美元。")
    assert found[0].text == "训练的成本是29.4万美元。"


def test_the_row_that_is_asked_about_comes_first(reader: Reader) -> None:
    """A row whose first cell the question names, with the head of its table known to the run."""
    text = "平台 | 份额\n美团 | 45%\n饿了么 | 40%"
    (run,) = reader.runs("饿了么的份额是多少？", text)[:1]
    assert run.clean.of(text) == "饿了么 | 40%"
    assert run.head is not None
    assert run.head.of(text) == "平台 | 份额"


def test_a_list_is_gathered_item_by_item(reader: Reader) -> None:
    """Each item of an announced list is a run of its own where other sentences stand between them."""
    text = f"品牌有三种选择。第一是做供应商。{UNRELATED}第二是走高端化。{UNRELATED}第三是平衡渠道。{UNRELATED}"
    assert reader.answer("品牌有哪三种选择？", text) == [
        ["品牌有三种选择。", "第一是做供应商。"],
        ["第二是走高端化。"],
        ["第三是平衡渠道。"],
    ]


def test_another_year_is_no_answer(reader: Reader) -> None:
    """Next to a sentence of the year that is asked about, or of none, one of another year says nothing."""
    text = "2022年的市场规模为3500亿元。2023年的市场规模为5000亿元，市场很大。"
    found = reader.offered("2022年的市场规模是多少？", text)
    assert [c.text for c in of_its_year(found)] == ["2022年的市场规模为3500亿元。"]
    assert len(of_its_year(reader.offered("2021年的市场规模是多少？", text))) == 2
    assert len(of_its_year(reader.offered("市场规模是多少？", text))) == 2
    assert of_its_year([]) == []


def test_a_list_of_the_length_that_is_asked_for_is_taken(reader: Reader) -> None:
    """The steps are given though a sentence that names them all in passing shares more words with the question."""
    text = (
        "企业借助天猫三步协作的框架，从确定方向、诊断机会、明确行动、到落地。"
        "天猫三步协作第1步:诊断机会。第2步:明确行动。第3步:制定方案。"
    )
    said = "".join("".join(run) for run in reader.answer("天猫三步协作是哪三步？", text))
    assert all(step in said for step in ("诊断机会", "明确行动", "制定方案"))


def test_headings_of_one_name_make_a_list(reader: Reader) -> None:
    """What headings go on with after their dash is listed, though they ran into the text behind them."""
    parts = [
        "借势平台的力量很大。",
        "借势很有用。",
        "飞轮为了取胜而转。",
        "飞轮带来数据。",
        "体验从点开开始。",
        "体验还有积分。",
    ]
    text = "\n".join(f"品牌的成功秘诀——{part}" for part in parts)
    said = ["".join(run) for run in reader.answer("品牌的成功秘诀是哪三个词？", text)]
    assert said == ["品牌的成功秘诀——借势", "品牌的成功秘诀——飞轮", "品牌的成功秘诀——体验"]


def test_a_date_cut_off_before_a_sentence_is_given_with_it(reader: Reader) -> None:
    """Where a page's end parts the date from what happened, both are given."""
    text = "购物社区。\n选择2014年10月，小红书\n正式推出电商板块福利社，采取自营模式。"
    said = "".join("".join(run) for run in reader.answer("电商板块福利社是什么时候正式推出的？", text))
    assert "2014年10月" in said
    assert "正式推出" in said


def test_a_cause_is_given_with_what_follows_from_it(reader: Reader) -> None:
    """A reason that stands in the sentence before is not left out."""
    text = "由于身体结构不同，女性在事故中更容易受伤。沃尔沃专门替女乘客做安全研究。"
    said = "".join("".join(run) for run in reader.answer("沃尔沃为什么专门替女乘客做安全研究？", text))
    assert "身体结构不同" in said


def test_the_row_of_a_flattened_table_of_titles_answers_alone(reader: Reader) -> None:
    """A title that a year follows begins a row: the rows of the other titles are not given with it."""
    rows = [
        "《数字经济规划》2022年推动电商与实体经济融合，提供顶层设计",
        "《配送指导意见》2023年规范配送流程，完善标准，提供支撑",
    ]
    rows.append("《现代物流规划》2021年建设高效物流网络，支持最后一公里，降低履约成本")
    text = f"政策支持要点政策文件发布时间核心内容{''.join(rows)}。"
    said = "".join("".join(run) for run in reader.answer("《现代物流规划》是哪年发布的？", text))
    assert "2021年" in said
    assert "2023年" not in said


@pytest.mark.parametrize(
    "text",
    [
        "表2 2023年即时零售平台的市场份额",
        "【表】国家政策对融合发展的支持要点",
        "参考资料：https://www.example.com/articles/s41586-025-09422-z 示例网",
    ],
)
def test_captions_and_addresses_are_not_offered(reader: Reader, text: str) -> None:
    """What names a table, or where something is to be looked up, says nothing; a passage may hold nothing else."""
    assert reader.offered("2023年即时零售平台的市场份额是多少？", text) == []
    assert [c.text for c in reader.offered("骑手用时多少？", f"{UNRELATED}\n{text}")] == [UNRELATED]


def test_a_sentence_about_a_table_is_offered(reader: Reader) -> None:
    """What a table shows is said in a sentence."""
    text = "表现最好的平台是美团。"
    assert [c.text for c in reader.offered("表现最好的平台是哪家？", text)] == [text]


@pytest.mark.parametrize("question", ["「美团」的份额是多少？", "美团的份额是多少？"])
def test_rows_of_other_things_do_not_answer(reader: Reader, question: str) -> None:
    """Where the row of the asked thing is best, those of others are left out, and sentences stay."""
    table = "平台 | 份额\n美团（2023） | 45%\n饿了么 | 40%\n\n美团的份额最大。"
    ranked = reader.offered(question, table)
    assert {c.text for c in of_its_row(ranked)} == {"美团（2023） | 45%", "美团的份额最大。"}
    assert of_its_row([]) == []


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "面对超级渠道，品牌大致有三种选择，各有得失。\n做供应商：依托渠道获得收入。\n走高端化：避开价格战。\n两头兼顾：外部走量。",
            ["做供应商", "走高端化", "两头兼顾"],
        ),
        (
            "面对超级渠道，品牌有三条共同的选择：\n起点都是具体的人。先有对象，才有产品。\n数据要回到业务。数据改变动作。\n话题要有承接。商品能买到。",
            ["起点都是具体的人。", "数据要回到业务。", "话题要有承接。"],
        ),
        (
            "面对超级渠道，品牌的选择分三步走，企业和平台在每一步各有任务。\n• 第一步，诊断机会。企业先定目标。\n• 第二步，明确行动。"
            "各方挑选场景。\n• 第三步，制定方案。企业做好准备。",
            ["第一步", "第二步", "第三步"],
        ),
    ],
)
def test_an_announced_list_is_gathered(reader: Reader, text: str, items: list[str]) -> None:
    """Items may be labels, whole lines, or ordinals behind bullets; a clause may stand behind the announcement."""
    said = "".join(s for run in reader.answer("面对超级渠道，品牌有哪三种选择？", text) for s in run)
    assert all(item in said for item in items)


def test_lines_are_a_list_only_in_the_number_that_is_announced(reader: Reader) -> None:
    """What is fewer lines than the announcement says, or is followed by more, is no list of its lines."""
    for lead, more in (("品牌有四条选择：", ""), ("品牌有三条选择。", "\n另有一说。")):
        text = f"{lead}\n起点都是人。先有对象。\n数据要回来。\n话题要承接。{more}"
        said = "".join(s for run in reader.answer("品牌有哪三条选择？", text) for s in run)
        assert "话题要承接" not in said


def test_a_sentence_that_lists_its_items_takes_no_more(reader: Reader) -> None:
    """Labels behind 家居、美妆、服饰等六个场景 are those of other sections."""
    text = "小红书的实体店叫REDhome，设有家居、美妆、服饰等六个场景。\n启示：先有信任。\n凉露：为吃辣的人酿酒。"
    assert reader.answer("小红书的实体店叫什么名字？", text)[0] == [
        "小红书的实体店叫REDhome，设有家居、美妆、服饰等六个场景。"
    ]


def test_a_sentence_that_lists_as_many_is_taken_before_one_that_only_says_so(reader: Reader) -> None:
    """What tells only what a report deals with does not hide the list that stands farther back."""
    text = (
        "本报告说明4D模型怎样形成，并逐一解释4D模型的四个要素，最后给出清单。\n\n"
        "4D由北京大学提出，四个要素是需求、数据、传递和动态。"
    )
    (first, *_) = reader.answer("4D模型的四个要素分别是哪几个？", text)
    assert first == ["4D由北京大学提出，四个要素是需求、数据、传递和动态。"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"市场规模达5000亿元,同比增长58.1%({DAMAGE}CAGRXXX=?", "市场规模达5000亿元,同比增长58.1%"),
        (f"公式表达为:{DAMAGE}价格指数若指数>120,系统自动预警", "价格指数若指数>120,系统自动预警"),
        ("优化配送效率,降低履约成本(", "优化配送效率,降低履约成本"),
        (f"{DAMAGE}履约效率={DAMAGE}响应速度{DAMAGE}匹配度", f"{DAMAGE}履约效率={DAMAGE}响应速度{DAMAGE}匹配度"),
        ("2023年增长58.1%（含税）。", "2023年增长58.1%（含税）。"),
    ],
)
def test_what_could_not_be_read_is_left_off_the_ends(text: str, kept: str) -> None:
    """The rest of a formula is no part of what is said; where little would be left all stays."""
    assert undamaged(text, Span(0, len(text))).of(text) == kept


@given(st.text(f"文增长，。（( 1.%{DAMAGE}", min_size=1))
def test_what_is_left_lies_inside(text: str) -> None:
    """Whatever is left off, the rest is a stretch of the text, and of a text without damage no character but an opening mark and what stands before it goes."""
    text = text.strip()
    if not text:
        return
    place = Span(0, len(text))
    left = undamaged(text, place)
    assert 0 <= left.start < left.end <= len(text)
    if DAMAGE not in text and text[-1] not in "（(":
        assert left == place


def test_glued_text_is_cut_before_the_number_of_a_section() -> None:
    """A section that ran into a table is not part of it; a figure is no section."""
    table = "算法优点缺点AES速度快,安全性高,密钥管理复杂RSA密钥管理简单,计算速度较慢,增长2.2万个,用户规模达到5.1亿人"
    text = f"{table}2.2数据备份是防止数据丢失的重要措施,可以通过以下公式计算数据备份的频率,并且按照重要程度分别保存在不同的地方。"
    cut = [p.of(text) for p in parts(text, Span(0, len(text)))]
    assert cut[0] == table
    assert cut[1].startswith("2.2数据备份")


def test_one_value_is_told_by_one_sentence(reader: Reader) -> None:
    """A sentence that is nearly as good says more of a list, and nothing of a single value; the row that is asked about does."""
    table = "平台 | 份额\n美团 | 45%\n饿了么 | 40%"
    said = reader.answer("美团的份额是多少？", f"{table}{BREAK}美团的份额最大，领先其他平台。")
    assert any("45%" in s for run in said for s in run)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("理论根基包括哪些？", "理论根基主要包括需求驱动理论、供给创新理论以及平台治理理论三大核心维度。"),
        ("需要关注哪几个方面？", "需要關注用戶分析、市場細分與供應鏈優化等多個方面。"),
    ],
)
def test_a_sentence_that_names_all_is_the_whole_answer(reader: Reader, question: str, sentence: str) -> None:
    """Nothing behind it is told where it names what is asked for; what only says what a report is about does not."""
    behind = "具体而言：需求驱动理论侧重理论根基的消费者行为，关注哪些需要。"
    assert reader.answer(question, f"{sentence}{behind}") == [[sentence]]
    about = "本报告讨论理论根基包括的来源、做法以及影响。"
    assert len(reader.answer("理论根基包括哪些？", f"{about}理论根基包括需求与供给。")) > 1


def test_a_reason_is_told_once(reader: Reader) -> None:
    """What stands far behind the sentence that gives the reason is left out."""
    text = "自建冷链反而便宜，因为固定成本被摊薄。\n冷链不是冰箱。\n自建还是外包取决于规模。"
    assert reader.answer("为什么自建冷链反而便宜？", text)[0][0].startswith("自建冷链反而便宜")


def test_a_first_row_of_figures_is_no_head(reader: Reader) -> None:
    """Where the head of a table ran into the text, its first row is told as one; years over columns are a head."""
    lost = "整合项目成本降低率库存共享 | 10% | 6% | 40%\n物流整合 | 8% | 5% | 37.5%\n技术整合 | 12% | 7% | 41.7%"
    assert "40%" in reader.answer("库存共享整合后成本降低多少？", lost)[0][0]
    years = "项目 | 2022 | 2023\n库存共享 | 10% | 6%\n物流整合 | 8% | 5%"
    assert all("项目" not in s for run in reader.answer("库存共享2023年是多少？", years) for s in run)


def test_an_amount_up_to_which_is_no_announcement(reader: Reader) -> None:
    """四度以下 ends a sentence that announces nothing."""
    text = "产地预冷：两小时内把温度降到四摄氏度以下。\n干线运输：用冷藏车。\n城市仓储：建多温区的冷库。"
    assert reader.answer("产地预冷要求多长时间内降温？", text)[0] == ["产地预冷：两小时内把温度降到四摄氏度以下。"]
