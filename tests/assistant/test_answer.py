"""Answers over the sample reports: script, citations, refusals, streams and threads."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.script import Script, in_script, script_of
from evals.metrics import citation_exact
from ingest.fold import squeeze
from ingest.settings import Settings

CORPUS = Path(__file__).parents[2] / "corpus"
QUESTIONS = (
    "DeepSeek-R1 的通讯作者是谁？",  # of Simplified text with emoji
    "R1 後兩個階段合計多少卡時？",  # of Traditional Markdown
    "喵满分是什么时候升级的？",  # of Simplified HTML
    "什么是智慧营销？",  # of Traditional text with leaked pinyin
    "帳篷客酒店的平均入住率是多少？",  # of a Simplified Word file
    "过分依赖明星品类的品牌该用哪个场景？",  # of a Simplified PDF file
    "貝親 PRO 會員的客單價如何？",  # of Traditional Markdown
    "直播電商和即時零售有什麼區別？",  # of Traditional HTML
    "美团和饿了么 2023 年合计拿下多少份额？",  # of a Traditional Word file
    "突發應急的物資多久送達？",  # of a Traditional PDF file
)
REFUSED = ("红烧肉要炖多久才烂？", "北極熊的平均壽命是幾歲？")
OF_ANSWER = {"text", "abstained", "script", "sentences", "citations", "conflicts", "timings_ms"}
OF_CITATION = {"document", "title", "page", "start", "end", "quote", "score", "repaired", "damaged"}


@pytest.fixture(scope="session")
def answers(assistant: Assistant) -> list[Answer]:
    """An answer over each of the sample reports, nearly, in both scripts, and two refusals."""
    asked = [in_script(q, s) for q in QUESTIONS for s in ("zh-Hans", "zh-Hant")]
    return [assistant.ask(q) for q in (*asked, *REFUSED)]


@pytest.mark.parametrize("script", ["zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_in_the_script_of_its_question(assistant: Assistant, question: str, script: Script) -> None:
    """Whatever the script of the report, the answer has the question's, and so says it."""
    answer = assistant.ask(in_script(question, script))
    assert not answer.abstained
    assert answer.script == script
    assert script_of(answer.text, script) == script
    assert all(script_of(s.text, script) == script for s in answer.sentences)


def test_reports_of_both_scripts_answer_questions_in_both(answers: list[Answer]) -> None:
    """The samples above cross the scripts both ways, so that the tests over them mean something."""
    crossed = {(a.script, script_of(c.quote)) for a in answers for c in a.citations if not a.abstained}
    assert len(crossed) == 4


def test_both_scripts_of_a_question_have_the_same_answer(assistant: Assistant) -> None:
    """The answer says the same and rests on the same characters."""
    for question in QUESTIONS:
        simplified, traditional = (assistant.ask(in_script(question, s)) for s in ("zh-Hans", "zh-Hant"))
        assert squeeze(simplified.text) == squeeze(traditional.text)
        assert simplified.citations == traditional.citations


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("DeepSeek-R1 的通讯作者是谁？", "梁文锋"),
        ("DeepSeek-R1 的通訊作者是誰？", "梁文鋒"),
        ("帐篷客酒店的平均入住率是多少？", "90%"),
        ("喵满分是什么时候升级的？", "2022年4月"),
        ("美團和餓了麼 2023 年合計拿下多少份額？", "85%"),
    ],
)
def test_an_answer_states_the_fact(assistant: Assistant, question: str, fact: str) -> None:
    """The answer has the asked fact, as the question's script writes it."""
    assert fact in assistant.ask(question).text


def test_every_citation_is_exact(assistant: Assistant, answers: list[Answer]) -> None:
    """The cited raw characters clean to exactly the quotation, in every format."""
    formats = set()
    for answer in answers:
        for citation in answer.citations:
            document = assistant.retriever.document(citation.document)
            formats.add(document.format)
            assert citation_exact(citation, document)
            assert citation.page == document.page_at(citation.span.start)
            assert citation.title == document.title
    assert formats >= {"txt", "md", "html", "docx", "pdf"}


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_raw_offsets_are_those_of_the_file(answers: list[Answer], suffix: str) -> None:
    """In a format that is text, start and end count the characters of the file itself."""
    cited = [c for a in answers for c in a.citations if c.document.endswith(suffix)]
    assert cited
    for citation in cited:
        marked = citation.span.of((CORPUS / citation.document).read_text("utf-8"))
        assert marked[0] == citation.quote[0]
        assert marked[-1] == citation.quote[-1]
        assert len(marked) >= len(citation.quote)


def test_an_answer_says_what_its_citations_say(answers: list[Answer]) -> None:
    """Every sentence cites, and stands in what it cites but for script and end mark; of a row, each head and cell."""
    for answer in answers:
        for sentence in answer.sentences:
            assert sentence.citations
            assert sentence.supported
            assert all(0 <= n < len(answer.citations) for n in sentence.citations)
            if not answer.abstained:
                quoted = squeeze("".join(answer.citations[n].quote for n in sentence.citations))
                of_row = len(sentence.citations) == 2
                said = (
                    re.split(r"[(:;)。]", squeeze(sentence.text)) if of_row else [squeeze(sentence.text).rstrip("。")]
                )
                assert all(piece in quoted for piece in said)


def test_quotations_stay_in_the_script_of_the_source(assistant: Assistant) -> None:
    """A Traditional report is quoted in Traditional, whatever the question's script."""
    answer = assistant.ask("美团和饿了么 2023 年合计拿下多少份额？")
    assert "美團和餓了麼" in answer.citations[0].quote
    assert "美团和饿了么" in answer.text


def test_simplified_answers_have_no_traditional_character_left(assistant: Assistant) -> None:
    """An answer from a Traditional report is Simplified throughout."""
    answer = assistant.ask("买家拿下份额有限，意味着什么？对新进者而言呢？", documents=["instant-retail.docx"])
    assert "意味着" in answer.text


def test_a_title_does_not_answer(assistant: Assistant) -> None:
    """What the training cost is said by a sentence of a report, in dollars, not by the title of one."""
    answer = assistant.ask("DeepSeek-R1 的训练成本是多少美元？")
    assert all(c.quote != c.title for c in answer.citations)
    assert "29.4" in answer.text


@pytest.mark.parametrize("question", ["沃尔沃卖出80380辆,同比增长多少？", "沃爾沃賣出80,380輛,同比增長多少？"])
def test_a_figure_in_the_question_finds_its_sentence(assistant: Assistant, question: str) -> None:
    """A question may name a figure, with or without the separators that the report has."""
    assert "12.3%" in assistant.ask(question).text


def test_differing_figures_are_both_given(assistant: Assistant) -> None:
    """Where reports disagree on purpose, both values stand in the answer, each with its report."""
    answer = assistant.ask("2023年中国即时零售的市场规模是多少？")
    assert "1.2万亿" in answer.text
    assert "5000亿" in answer.text
    assert {c.document for c in answer.citations} == {"instant-retail.docx", "instant-logistics.pdf"}


def test_differing_figures_are_called_a_conflict(assistant: Assistant) -> None:
    """The answer names the values that disagree, with their citations."""
    (conflict,) = assistant.ask("2023年中国即时零售的市场规模是多少？").conflicts
    assert len(conflict.values) == len(conflict.citations) == 2


def test_two_questions_in_one_text_are_both_answered(assistant: Assistant) -> None:
    """The answer has the facts of each question."""
    text = assistant.ask("DeepSeek-R1 的通讯作者是谁？喵满分是什么时候升级的？").text
    assert "梁文锋" in text
    assert "2022年4月" in text


def test_a_follow_up_is_answered_about_its_subject(assistant: Assistant) -> None:
    """A question that cannot stand alone is answered with the history that it leans on."""
    answer = assistant.ask("那它的平均房价呢？", ["帐篷客酒店的入住率是多少？"])
    assert "3000元" in answer.text


@pytest.mark.parametrize("question", REFUSED)
def test_what_the_reports_do_not_tell_is_refused(assistant: Assistant, question: str) -> None:
    """A refusal says so in the question's script and cites the nearest passages."""
    answer = assistant.ask(question)
    assert answer.abstained
    assert question.rstrip("？?") in answer.text
    assert script_of(answer.text) == script_of(question)
    nearest = assistant.retriever.retrieve(question, 3)
    assert [(c.document, c.span) for c in answer.citations] == [(h.document, h.span) for h in nearest]
    assert answer.sentences[0].citations == (0, 1, 2)


@pytest.mark.parametrize("question", ["", " ", "？", "zzzz", "\x00", "的" * 3000, "有哪些？"])
def test_a_question_about_nothing_is_refused(assistant: Assistant, question: str) -> None:
    """A text that names nothing to look for is no error."""
    assert assistant.ask(question).abstained


def test_only_the_named_documents_are_cited(assistant: Assistant) -> None:
    """A filter holds for answers and for refusals."""
    for question in (*QUESTIONS[:3], *REFUSED):
        answer = assistant.ask(question, documents=["dtc-guide.pdf", "live-commerce.html"])
        assert {c.document for c in answer.citations} <= {"dtc-guide.pdf", "live-commerce.html"}
    assert assistant.ask("DeepSeek-R1 的通讯作者是谁？", documents=["deepseek-r1-nature.txt"]).citations


@pytest.mark.parametrize("documents", [[], ["no-such-report.txt"]])
def test_without_documents_there_is_a_refusal(assistant: Assistant, documents: list[str]) -> None:
    """A filter that leaves nothing leaves no citation either."""
    answer = assistant.ask("DeepSeek-R1 的通讯作者是谁？", documents=documents)
    assert answer.abstained
    assert answer.citations == ()


@pytest.mark.parametrize("question", [*QUESTIONS[:4], REFUSED[0]])
def test_a_stream_tells_the_answer_sentence_by_sentence(assistant: Assistant, question: str) -> None:
    """The sentences of a stream are those of the answer, each with the citations that it needs by then."""
    *told, last = assistant.stream(question)
    assert last.answer is not None
    assert tuple(e.sentence for e in told) == last.answer.sentences
    for event in told:
        assert event.answer is None
        assert event.sentence is not None
        assert event.citations == last.answer.citations[: len(event.citations)]
        assert max(event.sentence.citations) < len(event.citations)
    assert last.answer == assistant.ask(question)
    assert last.citations == last.answer.citations


def test_the_same_question_has_the_same_answer(assistant: Assistant, corpus_index: Path) -> None:
    """Asking again, or over the index opened again, changes nothing but the timings."""
    other = Assistant.open(corpus_index, Settings(_env_file=None))  # type: ignore[call-arg]
    for question in (*QUESTIONS, *REFUSED):
        assert assistant.ask(question) == assistant.ask(question) == other.ask(question)


def test_eight_threads_have_the_same_answers(corpus_index: Path) -> None:
    """Threads that share an assistant from its first question on get what one alone gets."""
    questions = [in_script(q, s) for q in (*QUESTIONS, *REFUSED) for s in ("zh-Hans", "zh-Hant")] * 2
    shared = Assistant.open(corpus_index, Settings(_env_file=None))  # type: ignore[call-arg]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(shared.ask, questions))
    assert together == [shared.ask(q) for q in questions]


def test_an_answer_as_json(answers: list[Answer]) -> None:
    """The JSON of an answer has the promised keys, comes through JSON unchanged, and counts from the same citations."""
    for answer in answers:
        told = json.loads(json.dumps(answer.to_dict()))
        assert told == answer.to_dict()
        assert set(told) >= OF_ANSWER
        assert told["text"] == "".join(s["text"] for s in told["sentences"]) == answer.text
        assert told["script"] in {"zh-Hans", "zh-Hant"}
        assert all(set(s) >= {"text", "citations"} for s in told["sentences"])
        assert all(set(c) >= OF_CITATION for c in told["citations"])
        assert all(c["start"] < c["end"] for c in told["citations"])
        assert all(type(t) is float and t >= 0 for t in told["timings_ms"].values())
        assert told["timings_ms"]["total"] >= told["timings_ms"]["retrieve"]


def test_marks_stand_behind_the_sentences(answers: list[Answer]) -> None:
    """The marked text is the text with the numbers of its citations, from 1."""
    for answer in answers:
        assert answer.marked_text.startswith(answer.sentences[0].text + "[1]")
        unmarked = answer.marked_text
        for n in range(len(answer.citations)):
            assert f"[{n + 1}]" in unmarked
            unmarked = unmarked.replace(f"[{n + 1}]", "")
        assert unmarked == answer.text


def test_sentences_are_on_one_line_and_end_with_a_mark(answers: list[Answer]) -> None:
    """What was an item, a row or a line of the source reads as a sentence."""
    for answer in answers:
        for sentence in answer.sentences:
            assert "\n" not in sentence.text
            assert sentence.text == sentence.text.strip()
            assert sentence.text[-1] in "。！？!?…；;：:”」』"


def test_without_a_language_model_nothing_is_noticed(answers: list[Answer]) -> None:
    """Notices tell of a model that failed; extractive answers have none."""
    assert all(a.notices == () for a in answers)
