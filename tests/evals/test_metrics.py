"""Each metric, by examples worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import drop_emoji

from assistant import Answer, Citation, Conflict, Hit, Sentence
from assistant.copies import Also
from assistant.script import Script
from evals.metrics import (
    Place,
    Risk,
    area_under,
    borne_out,
    citation_exact,
    citation_precision,
    citation_recall,
    conflict_shown,
    evidence_recall,
    exact_match,
    fact_recall,
    honest,
    locate,
    mean,
    percentile,
    rank_of,
    reciprocal_rank,
    refusal_curve,
    refusals,
    right_script,
    risk_coverage,
    states,
    states_none_of,
    support_rate,
    token_f1,
)
from ingest.clean.stages import clean
from ingest.document import Document, Span, View


def document(raw: str, path: str = "a.txt", format: str = "txt") -> Document:  # noqa: A002
    return clean(Document(path, format, raw, View.of(raw)))


def hit(start: int, end: int, path: str = "a.txt") -> Hit:
    return Hit(path, "", "", Span(start, end), Span(start, end), "", "", 0.0, "")


def place(start: int, end: int, path: str = "a.txt") -> Place:
    return Place(path, Span(start, end))


def answer(text: str, script: Script = "zh-Hans") -> Answer:
    return Answer("问题", script, (Sentence(text, (0,)),), ())


def gap(text: str, form: str, expected: bool, reason: str) -> object:
    """A case that is not judged rightly yet."""
    return pytest.param(text, form, expected, marks=pytest.mark.xfail(reason=reason))


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("增长8%。", "8%", True),
        ("增长58%。", "8%", False),
        ("增长3.8%。", "8%", False),
        ("增长8.5%。", "8", False),
        ("约 29.4 万美元", "29.4万", True),
        ("約 29.4 萬美元", "29.4万", True),
        ("約 29.4 萬美元", "29.4萬美元", True),
        ("约１２．３％", "12.3%", True),
        ("129.4万", "29.4万", False),
        ("29.45万", "29.4", False),
        ("共142,336卡时", "142,336", True),
        ("共1,142,336卡时", "142,336", False),
        ("共142,336,000卡时", "142,336", False),
        ("2022 年 4 月升级", "2022年4月", True),
        ("2022年14月", "2022年4月", False),
        ("2020年。", "2020", True),
        ("共20201件", "2020", False),
        ("有8、9两项", "8", True),
        ("梁文鋒", "梁文锋", True),
        ("Lewis\nTunstall", "LewisTunstall", True),
        ("deepseek", "DeepSeek", True),
        ("ＤＴＣ品牌", "DTC", True),
        ("没有", "8%", False),
        ("", "8%", False),
        ("a.b", "a+b", False),
        ("为142336卡时", "142,336", False),  # cases list both forms
        ("升到2000，2023年再翻倍", "2000", True),
        ("在2021，2022年", "2022年", True),
        ("DeepSeek-R1 29.4 萬美元的訓練成本", "29.4万美元", True),
        ("第1 2张", "12张", False),
    ],
)
def test_a_fact_is_stated_in_any_script_and_width_and_numbers_only_whole(text: str, form: str, expected: bool) -> None:
    """8% is not in 58%, and 29.4万 is in 約 29.4 萬美元."""
    assert states(text, form) is expected


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_number_states_itself_alone(said: int, wanted: int) -> None:
    """A percentage is stated where it stands whole and nowhere else."""
    assert states(f"成长了{said}%。", f"{wanted}%") == (said == wanted)


def test_facts_are_counted_by_any_of_their_forms() -> None:
    """Of three facts, of which two are stated, in the second form one of them, two thirds are there."""
    facts = [["29.4万美元", "294000美元"], ["512块"], ["H900"]]
    assert fact_recall("用了512塊GPU,花費294000美元", facts) == pytest.approx(2 / 3)
    assert fact_recall("", facts) == 0
    assert fact_recall("随便", []) is None


def test_wrong_facts_are_looked_for() -> None:
    """A text keeps clear of wrong facts or does not; without any there is nothing to judge."""
    assert states_none_of("成本 29.4 萬美元", ["208万", "8%"]) is True
    assert states_none_of("成本 208 萬元", ["208万", "8%"]) is False
    assert states_none_of("增长58%", ["8%"]) is True
    assert states_none_of("随便", []) is None


def test_evidence_is_located_by_its_raw_characters() -> None:
    """Every place of the raw text is found, noise and all."""
    raw = "训练🚀成本约29.4万。另说：训练🚀成本约29.4万。"
    spans = locate(document(raw), "训练成本约29.4万", "训练🚀成本约29.4万")
    assert [s.of(raw) for s in spans] == ["训练🚀成本约29.4万"] * 2


@pytest.mark.parametrize("raw_hint", ["", "這句話不在文件裡"])
def test_evidence_is_located_by_its_folded_characters(raw_hint: str) -> None:
    """Without raw characters, or with ones that are not there, script, width, noise and white space are left out."""
    raw = drop_emoji("本節談成本。訓練成本約 29.4\n萬美元，ＧＰＵ 512 塊。", 5)
    (span,) = locate(document(raw), "训练成本约29.4万美元,gpu512块", raw_hint)
    assert span.of(raw).startswith("訓")
    assert span.of(raw).rstrip("。").endswith("塊")


def test_evidence_of_a_table_is_located_without_its_bars() -> None:
    """A row is found however its cells are parted."""
    raw = "美團 | 45% | 12%"
    (span,) = locate(document(raw), "美团45%12%")
    assert span == Span(0, len(raw))
    assert locate(document(raw), "美团|45% |12%") == [span]


@pytest.mark.parametrize("evidence", ["", "  ", "|", "不在"])
def test_evidence_that_is_not_there_has_no_place(evidence: str) -> None:
    """Nothing is found where nothing is wanted or nothing stands."""
    assert locate(document("训练成本约29.4万美元。"), evidence) == []


HITS = [hit(0, 100), hit(100, 200), hit(200, 300), hit(0, 100, "b.txt")]


@pytest.mark.parametrize(
    ("evidence", "k", "expected"),
    [
        ([[place(110, 150)]], 1, 0),
        ([[place(110, 150)]], 2, 1),
        ([[place(110, 150)], [place(210, 250)]], 2, 0.5),
        ([[place(110, 150)], [place(210, 250)]], 3, 1),
        ([[place(110, 150)], [place(10, 50, "b.txt")], [place(500, 600)]], 4, 2 / 3),
        ([[place(500, 600), place(110, 150)]], 2, 1),  # either place will do
        ([[place(90, 110)]], 1, 1),  # half of it
        ([[place(89, 90), place(91, 111)]], 1, 1),
        ([[place(91, 111)]], 1, 0),  # less than half of it
        ([[place(110, 150, "c.txt")]], 4, 0),
        ([[]], 4, 0),  # evidence that stands nowhere
        ([[place(110, 150)]], 0, 0),
    ],
)
def test_recall_counts_the_evidences_that_are_found(
    evidence: Sequence[Sequence[Place]], k: int, expected: float
) -> None:
    """An evidence is found when half of one of its places lies in one of the first k passages."""
    assert evidence_recall(HITS, evidence, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([[place(10, 50)]], 1),
        ([[place(110, 150)]], 1 / 2),
        ([[place(210, 250)], [place(110, 150)]], 1 / 2),
        ([[place(10, 50, "b.txt")]], 1 / 4),
        ([[place(500, 600)]], 0),
        ([[]], 0),
    ],
)
def test_the_rank_is_that_of_the_first_passage_with_an_evidence(
    evidence: Sequence[Sequence[Place]], expected: float
) -> None:
    """The reciprocal rank is 1 for the first passage, 1/2 for the second, 0 for none."""
    assert reciprocal_rank(HITS, evidence) == pytest.approx(expected)


def test_without_evidence_there_is_nothing_to_judge() -> None:
    """A question without evidence has neither recall nor rank, rather than 0."""
    assert evidence_recall(HITS, [], 5) is None
    assert reciprocal_rank(HITS, []) is None


def test_recall_and_rank_of_three_questions() -> None:
    """Ranks 1, 3 and none make an MRR of 4/9, a recall@1 of 1/3 and a recall@3 of 2/3."""
    asked = [[[place(10, 50)]], [[place(210, 250)]], [[place(500, 600)]]]
    assert mean(reciprocal_rank(HITS, e) for e in asked) == pytest.approx(4 / 9)
    assert mean(evidence_recall(HITS, e, 1) for e in asked) == pytest.approx(1 / 3)
    assert mean(evidence_recall(HITS, e, 3) for e in asked) == pytest.approx(2 / 3)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=3), max_size=4),
    st.integers(0, 5),
)
def test_deeper_never_finds_less(places: list[list[tuple[int, int]]], k: int) -> None:
    """Recall lies between 0 and 1 and grows with the depth; a rank above 0 means that something was found."""
    evidence = [[place(at, at + length) for at, length in one] for one in places]
    shallow, deep = evidence_recall(HITS, evidence, k), evidence_recall(HITS, evidence, k + 1)
    if not evidence:
        assert shallow is deep is None
        return
    assert shallow is not None
    assert deep is not None
    assert 0 <= shallow <= deep <= 1
    assert bool(reciprocal_rank(HITS, evidence)) == bool(evidence_recall(HITS, evidence, len(HITS)))


def cited(span: Span, quote: str) -> Citation:
    return Citation("a.txt", "", "", span, quote, 0.0)


def test_a_citation_is_exact_when_its_raw_characters_clean_to_the_quotation() -> None:
    """One character more, less or other is not exact."""
    raw = "训练🚀成本约29.4万美元。"
    whole = document(raw)
    assert citation_exact(cited(Span(0, len(raw)), "训练成本约29.4万美元。"), whole)
    assert not citation_exact(cited(Span(0, len(raw)), raw), whole)
    assert not citation_exact(cited(Span(0, len(raw) - 1), "训练成本约29.4万美元。"), whole)
    assert not citation_exact(cited(Span(1, len(raw)), "训练成本约29.4万美元。"), whole)
    assert not citation_exact(cited(Span(0, len(raw)), "訓練成本約29.4萬美元。"), whole)


def test_in_markup_the_map_of_the_document_is_asked() -> None:
    """In a format whose raw text holds markup the quotation is what stands for the cited range."""
    raw = "训练<b>成本</b>约29.4万"
    view = View.of("训练成本约29.4万")
    shown = View(view.text, view.starts.copy(), view.ends.copy())
    shown.starts[2:4] += 3
    shown.ends[2:4] += 3
    shown.starts[4:] += 7
    shown.ends[4:] += 7
    page = Document("a.html", "html", raw, shown)
    assert citation_exact(cited(Span(0, len(raw)), "训练成本约29.4万"), page)
    assert not citation_exact(cited(Span(0, 7), "训练成本约"), page)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("训练成本", "zh-Hans", True),
        ("训练成本", "zh-Hant", False),
        ("訓練成本", "zh-Hant", True),
        ("訓練成本", "zh-Hans", False),
        ("29.4 GPU 公司", "zh-Hant", True),
        ("29.4 GPU 公司", "zh-Hans", True),
    ],
)
def test_an_answer_is_in_the_script_that_is_wanted(text: str, wanted: Script, expected: bool) -> None:
    """Text without telling characters is in either script."""
    assert right_script(answer(text), wanted) is expected


def test_means_leave_out_what_is_not_there() -> None:
    """None is no 0; nothing at all has no mean."""
    assert mean([1, None, 0, True]) == pytest.approx(2 / 3)
    assert mean([None, None]) is None
    assert mean([]) is None
    assert mean(iter([False])) == 0


def test_percentiles_are_values_that_are_there() -> None:
    """The median of five values is the third, and the largest is the last."""
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([5, 1, 4, 2, 3], 1) == 5
    assert percentile([5, 1, 4, 2, 3], 0) == 1
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((), False),
        (("1.2万亿元", "5000亿元"), True),
        (("1.2兆元", "5000亿元"), False),
        (("12,000亿元", "5000亿元"), True),
    ],
)
def test_a_conflict_is_shown_with_all_its_values(values: tuple[str, ...], shown: bool) -> None:
    """Each required value stands, in one of its forms, among the values that are told to differ."""
    conflicts = (Conflict(values, (0,) * len(values)),) if values else ()
    said = Answer("问题", "zh-Hans", (), (), conflicts=conflicts)
    assert conflict_shown(said, [["1.2万亿", "12,000亿"], ["5000亿"]]) is shown


def test_a_copy_that_a_passage_stands_for_counts_as_found() -> None:
    """Of copies one passage is given; evidence in another copy is found by it."""
    stands_for = replace(hit(0, 100), also=(Also("copy.txt", "", 50, 150),))
    assert evidence_recall([stands_for], [[place(60, 90, "copy.txt")]], 1) == 1
    assert rank_of([hit(0, 10), stands_for], [place(60, 90, "copy.txt")]) == 2
    assert rank_of([stands_for], [place(160, 190, "copy.txt")]) is None


CITED = [cited(Span(100, 120), ""), cited(Span(300, 400), "")]


@pytest.mark.parametrize(
    ("evidence", "precision", "recall"),
    [
        ([[place(100, 120)]], 0.5, 1),
        ([[place(90, 200)]], 0.5, 1),  # the citation lies in it
        ([[place(300, 310)], [place(100, 120)]], 1, 1),
        ([[place(0, 105)]], 0, 0),  # a quarter of the citation
        ([[place(500, 600)], [place(320, 330)]], 0.5, 0.5),
        ([[place(100, 120, "b.txt")]], 0, 0),
        ([[place(500, 600), place(110, 130)]], 0.5, 1),  # either place will do
        ([], None, None),
    ],
)
def test_citations_are_held_against_the_places_of_evidence(
    evidence: Sequence[Sequence[Place]], precision: float | None, recall: float | None
) -> None:
    """Precision: how many of two citations lie on evidence; recall: how many evidences are cited."""
    assert citation_precision(CITED, evidence) == precision
    assert citation_recall(CITED, evidence) == recall


def test_without_citations_nothing_is_cited() -> None:
    """Of no citations there is no precision; no evidence is cited by them."""
    assert citation_precision([], [[place(0, 10)]]) is None
    assert citation_recall([], [[place(0, 10)]]) == 0


@pytest.mark.parametrize(
    ("text", "reference", "f1", "same"),
    [
        ("约29.4万美元", "約 29.4 萬美元。", 1, True),
        ("29.4万", "约29.4万美元", 2 * 2 / (2 + 5), False),
        ("", "约29.4万美元", 0, False),
        ("成成本", "成本", 2 * 2 / 5, False),
        ("DeepSeek R1", "deepseek r1", 1, True),
        ("随便", "", None, None),
        ("随便", "。", None, None),
    ],
)
def test_texts_are_compared_unit_by_unit(text: str, reference: str, f1: float | None, same: bool | None) -> None:
    """F1 counts characters, words and numbers that both have; exactly the same are those that differ in marks alone."""
    assert token_f1(text, reference) == (None if f1 is None else pytest.approx(f1))
    assert exact_match(text, reference) is same


@given(st.text("成本美元29.4约R a", max_size=12), st.text("成本美元29.4约R a", max_size=12))
def test_f1_is_symmetric_and_whole_for_the_same(one: str, other: str) -> None:
    """It lies between 0 and 1, does not care which text is which, and is 1 of a text with itself."""
    there, back = token_f1(one, other), token_f1(other, one)
    if there is not None and back is not None:
        assert 0 <= there == back <= 1
        assert token_f1(one, one) == 1


def test_the_verifier_decides_what_is_borne_out() -> None:
    """A figure that the citation lacks is not borne out; marked as such the answer is honest all the same."""
    sources = (cited(Span(0, 20), "成本约29.4万美元。"), cited(Span(20, 40), "另有512块H800。"))
    right, wrong, bare = (
        Sentence("成本约29.4万美元。", (0,)),
        Sentence("成本约31万美元。", (0,)),
        Sentence("成本很低。", ()),
    )
    assert [borne_out(s, sources) for s in (right, wrong, bare)] == [True, False, False]
    marked = replace(wrong, supported=False)
    assert support_rate(Answer("问", "zh-Hans", (right, wrong), sources)) == 0.5
    assert honest(Answer("问", "zh-Hans", (right, wrong), sources)) == 0.5
    assert support_rate(Answer("问", "zh-Hans", (right, marked), sources)) == 0.5
    assert honest(Answer("问", "zh-Hans", (right, marked), sources)) == 1
    refused = Answer("问", "zh-Hans", (bare,), sources, abstained=True)
    assert support_rate(refused) is honest(refused) is None


@pytest.mark.parametrize(
    ("refused", "unanswerable", "expected"),
    [
        ([True, True, False, False], [True, False, True, False], (0.5, 0.5, 0.5)),
        ([True, False], [True, False], (1, 1, 1)),
        ([False, False], [True, False], (None, 0, 0)),
        ([True, False], [False, False], (0, None, None)),
        ([], [], (None, None, None)),
    ],
)
def test_refusals_are_counted_against_what_is_unanswerable(
    refused: list[bool], unanswerable: list[bool], expected: tuple[float | None, ...]
) -> None:
    """Precision is of those given, recall of those due, F1 of both."""
    assert tuple(refusals(refused, unanswerable)) == expected


def test_the_risk_coverage_curve_of_five_questions() -> None:
    """By falling confidence: right, wrong, right and wrong together, and one refused, which ends the curve at four fifths."""
    curve = risk_coverage([0.1, 3.0, 2.0, 1.0, 1.0], [None, False, True, False, True])
    assert curve == [Risk(0.2, 0.0), Risk(0.4, 0.5), Risk(0.8, 0.5)]
    assert area_under(curve) == pytest.approx((0.2 * 0 + 0.2 * 0.5 + 0.4 * 0.5) / 0.8)
    assert risk_coverage([1.0], [None]) == []
    assert area_under([]) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([True, False, None])), max_size=30))
def test_the_curve_ends_with_all_that_was_answered(cases: list[tuple[int, bool | None]]) -> None:
    """Coverage rises, risk is a share, and the last point is the risk of everything answered."""
    curve = risk_coverage([c for c, _ in cases], [w for _, w in cases])
    answered = [w for _, w in cases if w is not None]
    assert [p.coverage for p in curve] == sorted({p.coverage for p in curve})
    assert all(0 <= p.risk <= 1 for p in curve)
    if answered:
        assert curve[-1] == Risk(len(answered) / len(cases), sum(answered) / len(answered))
        assert area_under(curve) is not None


def test_the_refusal_curve_of_five_questions() -> None:
    """Each threshold refuses what is below it; of equal confidence all at once."""
    curve = refusal_curve([3.0, 1.0, 1.0, -2.0, 0.5], [True, True, False, False, True])
    assert [(round(p.answered, 3), p.refused) for p in curve] == [(1, 0), (1, 0.5), (0.667, 0.5), (0.333, 1), (0, 1)]


@pytest.mark.parametrize("answerable", [[], [True, True], [False]])
def test_there_is_no_refusal_curve_of_one_kind(answerable: list[bool]) -> None:
    """Where nothing is answerable, or all is, no threshold can be judged."""
    assert refusal_curve([0.0] * len(answerable), answerable) == []
