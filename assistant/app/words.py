"""Every label of the chat page, in its three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh-Hans"

NAMES: Mapping[Language, str] = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
"""What each language calls itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """The labels of one language. Those with `{}` in them are templates, filled by the methods."""

    name: str
    tagline: str
    language: str
    conversation: str
    welcome: str
    invitation: str
    empty: str
    question: str
    placeholder: str
    ask: str
    stop: str
    clear: str
    stopped: str
    documents: str
    all_documents: str
    writing: str
    sources: str
    refused: str
    nearest: str
    conflict: str
    unsupported: str
    failed: str
    failed_advice: str
    source: str
    no_source: str
    show_citation: str
    of_citations: str
    previous: str
    following: str
    close: str
    raw: str
    raw_means: str
    clean: str
    clean_means: str
    passage: str
    whole: str
    text_shown: str
    extent_shown: str
    numbered_page: str
    location: str
    repaired: str
    damaged: str
    also_in: str
    copy: str
    copied: str
    not_copied: str
    open_text: str
    gone: str
    gone_advice: str
    quotation: str
    quotation_with_page: str

    def page(self, label: str) -> str:
        """How a page is called; a slide's or sheet's own name stays as it is."""
        return self.numbered_page.format(label) if label.isdigit() else label

    def citation(self, number: int, title: str) -> str:
        """What a citation's mark tells a screen reader."""
        return self.show_citation.format(number, title)

    def quoted(self, quote: str, title: str, page: str, path: str) -> str:
        """A quotation with its reference, as it is copied."""
        pattern = self.quotation_with_page if page else self.quotation
        return pattern.format(quote=quote, title=title, page=self.page(page), path=path)


WORDS: Mapping[Language, Words] = {
    "zh-Hans": Words(
        name="文据",
        tagline="问报告，看原文",
        language="界面语言",
        conversation="对话",
        welcome="想从报告里知道什么？",
        invitation="每句回答都带引文编号；点开编号，就能看到它在原文里的位置。",
        empty="索引里还没有文档。先运行 wenju ingest 文件夹，再刷新本页。",
        question="问题",
        placeholder="输入问题，简体繁体都可以",
        ask="提问",
        stop="停止",
        clear="清空对话",
        stopped="已停止。",
        documents="只查这些文档",
        all_documents="全部文档",
        writing="正在查找…",
        sources="来源",
        refused="未找到答案",
        nearest="最接近的段落",
        conflict="来源说法不一",
        unsupported="出处不足以佐证划线的句子，请核对原文。",
        failed="回答时出错了",
        failed_advice="请再试一次；问题仍在的话，请查看终端里的记录。",
        source="原文",
        no_source="点回答里的编号，例如 [1]，这里会显示被引用的段落。",
        show_citation="在原文中查看引文 {}：{}",
        of_citations="引文 {}",
        previous="上一条引文",
        following="下一条引文",
        close="关闭原文",
        raw="原样",
        raw_means="与文件逐字相同",
        clean="净文",
        clean_means="去掉表情、乱入的拼音和套话之后",
        passage="段落",
        whole="全文",
        text_shown="显示的文字",
        extent_shown="显示的范围",
        numbered_page="第 {} 页",
        location="所在章节",
        repaired="引文中有修复过的字节",
        damaged="引文中有无法修复的字符",
        also_in="也见于",
        copy="复制引文和出处",
        copied="已复制",
        not_copied="无法复制，请手动选取",
        open_text="在新页打开全文",
        gone="索引里已没有这份文档",
        gone_advice="它可能被移走或重新入库了，请再问一次。",
        quotation="“{quote}”——《{title}》（{path}）",
        quotation_with_page="“{quote}”——《{title}》，{page}（{path}）",
    ),
    "zh-Hant": Words(
        name="文據",
        tagline="問報告，看原文",
        language="介面語言",
        conversation="對話",
        welcome="想從報告裡知道什麼？",
        invitation="每句回答都帶引文編號；點開編號，就能看到它在原文裡的位置。",
        empty="索引裡還沒有文件。先執行 wenju ingest 資料夾，再重新整理本頁。",
        question="問題",
        placeholder="輸入問題，簡體繁體都可以",
        ask="提問",
        stop="停止",
        clear="清空對話",
        stopped="已停止。",
        documents="只查這些文件",
        all_documents="全部文件",
        writing="正在查找…",
        sources="來源",
        refused="未找到答案",
        nearest="最接近的段落",
        conflict="來源說法不一",
        unsupported="出處不足以佐證劃線的句子，請核對原文。",
        failed="回答時出錯了",
        failed_advice="請再試一次；問題仍在的話，請查看終端機裡的記錄。",
        source="原文",
        no_source="點回答裡的編號，例如 [1]，這裡會顯示被引用的段落。",
        show_citation="在原文中查看引文 {}：{}",
        of_citations="引文 {}",
        previous="上一條引文",
        following="下一條引文",
        close="關閉原文",
        raw="原樣",
        raw_means="與檔案逐字相同",
        clean="淨文",
        clean_means="去掉表情、混入的拼音和套話之後",
        passage="段落",
        whole="全文",
        text_shown="顯示的文字",
        extent_shown="顯示的範圍",
        numbered_page="第 {} 頁",
        location="所在章節",
        repaired="引文中有修復過的位元組",
        damaged="引文中有無法修復的字元",
        also_in="也見於",
        copy="複製引文和出處",
        copied="已複製",
        not_copied="無法複製，請手動選取",
        open_text="在新頁開啟全文",
        gone="索引裡已沒有這份文件",
        gone_advice="它可能被移走或重新入庫了，請再問一次。",
        quotation="「{quote}」——《{title}》（{path}）",
        quotation_with_page="「{quote}」——《{title}》，{page}（{path}）",
    ),
    "en": Words(
        name="Wenju",
        tagline="Ask the reports, see the source",
        language="Language",
        conversation="Conversation",
        welcome="What would you like to know from the reports?",
        invitation="Each sentence carries a citation number; select it to see the exact words in their source.",
        empty="The index holds no documents yet. Run wenju ingest FOLDER, then reload this page.",
        question="Question",
        placeholder="Ask in Simplified or Traditional Chinese",
        ask="Ask",
        stop="Stop",
        clear="Clear",
        stopped="Stopped.",
        documents="Only these documents",
        all_documents="All documents",
        writing="Searching…",
        sources="Sources",
        refused="No answer found",
        nearest="Nearest passages",
        conflict="The sources disagree",
        unsupported="The citation does not fully bear out what is underlined; check the source.",
        failed="Something went wrong",
        failed_advice="Please try again; if it happens again, look at the log in the terminal.",
        source="Source",
        no_source="Select a number in an answer, such as [1], to see the cited passage here.",
        show_citation="Show citation {} in its source: {}",
        of_citations="Citation {}",
        previous="Previous citation",
        following="Next citation",
        close="Close source",
        raw="As filed",
        raw_means="Character for character as in the file",
        clean="Cleaned",
        clean_means="Without emoji, stray pinyin and boilerplate",
        passage="Passage",
        whole="Whole text",
        text_shown="Text shown",
        extent_shown="Extent shown",
        numbered_page="page {}",
        location="Section",
        repaired="Damaged bytes in this quotation were repaired",
        damaged="Some characters of this quotation could not be repaired",
        also_in="Also in",
        copy="Copy quotation with reference",
        copied="Copied",
        not_copied="Could not copy; please select the text",
        open_text="Open whole text in a new tab",
        gone="This document is no longer in the index",
        gone_advice="It may have been moved or ingested anew; please ask again.",
        quotation="“{quote}” — {title} ({path})",
        quotation_with_page="“{quote}” — {title}, {page} ({path})",
    ),
}


def language_of(tag: str | None) -> Language | None:
    """The language of the page that a browser's language tag asks for; None where none fits.

    Taiwan, Hong Kong and Macau write Traditional, other Chinese is Simplified unless its tag says so.
    """
    parts = (tag or "").strip().lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] not in {"zh", "yue"}:
        return None
    if "hans" in parts:
        return "zh-Hans"
    traditional = {"hant", "tw", "hk", "mo"} & set(parts) or parts[0] == "yue"
    return "zh-Hant" if traditional else "zh-Hans"


def first_language(tags: str | None, otherwise: Language = DEFAULT) -> Language:
    """The language for an Accept-Language header: the first that is known, by the browser's preference."""
    weighed = []
    for place, part in enumerate((tags or "").split(",")):
        tag, _, quality = part.partition(";q=")
        try:
            weighed.append((-float(quality or 1), place, tag))
        except ValueError:
            continue
    found = (language_of(tag) for _, _, tag in sorted(weighed))
    return next((language for language in found if language), otherwise)
