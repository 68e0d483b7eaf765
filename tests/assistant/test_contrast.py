"""Sentences that set two things apart."""

from __future__ import annotations

import pytest

from assistant import Assistant, answer
from assistant.contrast import contrast
from assistant.extract import candidates
from assistant.question import understand
from assistant.reading import tells_of

FILLER = "平台近年来发展很快。寄卖型平台与撮合型平台都受到关注，本报告讨论这两种平台的前景。"


def said(texts: list[str], question: str) -> str:
    return Assistant.over(texts).ask(question).text


@pytest.mark.parametrize(
    ("text", "question", "expected", "left_out"),
    [
        (
            f"{FILLER}寄卖型平台要为成色担保，撮合型平台则把验货的责任留给买家。寄卖型平台的总部多在上海。",
            "寄卖型平台和撮合型平台有什么区别？",
            "寄卖型平台要为成色担保，撮合型平台则把验货的责任留给买家。",
            "都受到关注",
        ),
        (
            "小象超市衍生出象大厨和象优选两个品牌。前者偏向速食，后者侧重调料。两个品牌的包装都是绿色。",
            "象大厨和象优选有什么区别？",
            "小象超市衍生出象大厨和象优选两个品牌。前者偏向速食，后者侧重调料。",
            "绿色",
        ),
        (
            "與舊書不同，舊衣一過季就不值錢。舊書則保值得多。兩者都由平台寄送。",
            "舊衣和舊書有什麼差別？",
            "與舊書不同，舊衣一過季就不值錢。舊書則保值得多。",
            "寄送",
        ),
        (
            "虚拟现实由计算机生成三维环境。混合现实则把虚拟与真实的物体合在一起。两种眼镜都很贵。",
            "虚拟现实和混合现实有什么区别？",
            "虚拟现实由计算机生成三维环境。混合现实则把虚拟与真实的物体合在一起。",
            "很贵",
        ),
        (
            "快乐猴主打低价和日常刚需，首店开在杭州。超盒算定位社区临街门店，以生鲜和冻品为主。硬折扣正在改变零售。",
            "快乐猴和超盒算有什么区别？",
            "超盒算定位社区临街门店",
            "硬折扣正在改变零售",
        ),
    ],
    ids=["each in a clause", "the former and the latter", "goes on behind", "turns to the other", "each alone"],
)
def test_the_difference_is_told_and_no_more(text: str, question: str, expected: str, left_out: str) -> None:
    """The sentence that sets the two apart, with what it leans on and goes on with; else one about each."""
    answer = said([text], question)
    assert expected in answer
    assert left_out not in answer


def test_a_table_sets_its_columns_apart() -> None:
    """A row under a head that names both is enough."""
    table = "环节 | 直播电商 | 即时零售\n库存管理 | 大批量 | 小批量\n运输 | 干线 | 城市配送"
    answer = said([table], "库存管理上，直播电商和即时零售有什么不同？")
    assert answer == "库存管理（直播电商：大批量；即时零售：小批量）。"


def test_one_name_within_the_other_is_told_apart() -> None:
    """What is said of R1-Zero alone is not said of R1."""
    text = "第二阶段的成果是 R1-Zero，训练耗时约198小时。最后是 R1，训练仅用时80小时。团队在杭州。"
    answer = said([text], "R1-Zero 和 R1 的训练有什么差别？")
    assert "198" in answer
    assert "80" in answer


def test_what_two_things_do_together_does_not_set_them_apart() -> None:
    """甲把货送给乙，乙把钱付给甲 begins clauses with either name, and tells no difference."""
    together = "电商平台可以把订单推送给门店仓库，门店仓库可以把库存反馈给电商平台。"
    apart = "电商平台靠低价吸引顾客，门店仓库胜在送得又快又准。"
    asked = understand("电商平台和门店仓库有什么区别？")
    retriever = Assistant.over([together, apart]).retriever
    read = candidates(asked, retriever.weigh(asked), retriever.retrieve(asked))
    sets_apart = {c.text: contrast(("电商平台", "门店仓库"), c, tells_of) > 0 for c in read}
    assert sets_apart == {together: False, apart: True}


def test_what_sets_two_things_apart_is_found_among_many_passages_about_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a whole report is about the two, the one sentence that tells their difference is in no first passage."""
    places = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤琼"
    about_both = [f"{p}地的即时零售和直播电商正在融合，即时零售和直播电商的订单逐月增长。" for p in places]
    apart = "两种业态各有所长：直播电商擅长激发一时的兴致，而即时零售则满足当下的需要，满足顾客对时间的要求。"
    question = "即时零售和直播电商有什么区别？"
    assert "擅长激发" in said([*about_both, apart], question)
    monkeypatch.setattr(answer, "COMPARED", answer.RETRIEVED)
    assert "擅长激发" not in said([*about_both, apart], question)
