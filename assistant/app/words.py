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
    conversations: str
    close_list: str
    show_list: str
    search: str
    none_kept: str
    none_found: str
    untitled: str
    rename: str
    new_title: str
    delete: str
    sure_to_delete: str
    export: str
    nothing_fits: str
    retry: str
    edit: str
    editing: str
    why: str
    why_means: str
    not_cited: str
    no_reason: str
    by_terms: str
    by_window: str
    by_wording: str
    by_meaning: str
    very_strong: str
    strong: str
    middling: str
    weak: str
    helpful: str
    unhelpful: str
    thanks: str
    not_sent: str
    what_was_wrong: str
    wrong: str
    incomplete: str
    wrong_source: str
    should_answer: str
    unclear: str
    other_reason: str
    note: str
    send: str
    cancel: str
    related: str
    badge_refused: str
    badge_conflict: str
    badge_unsupported: str
    badge_repaired: str
    badge_damaged: str
    copy_link: str
    changed_since: str
    picture: str
    picture_means: str
    no_picture: str
    no_marks: str
    sheet_of: str
    page_before: str
    page_after: str
    sign_in: str
    sign_out: str
    user: str
    sign_in_word: str
    wrong_sign_in: str
    too_many_tries: str
    too_many_questions: str
    holds: str
    shelf: str
    theme_auto: str
    theme_light: str
    theme_dark: str
    to_simplified: str
    to_traditional: str
    own_file: str
    copy_answer: str
    quotation: str
    quotation_with_page: str

    def page(self, label: str) -> str:
        """How a page is called; a slide's or sheet's own name stays as it is."""
        return self.numbered_page.format(label) if label.isdigit() else label

    def sheet(self, number: int, pages: int) -> str:
        """Which page of a file is shown, `number` from 1."""
        return self.sheet_of.format(number, pages)

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
        empty="报告库还是空的。可以先上传自己的文件来提问，或在终端运行 wenju ingest 文件夹。",
        question="问题",
        placeholder="输入问题，简体繁体都可以",
        ask="提问",
        stop="停止",
        clear="新对话",
        stopped="已停止。",
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
        conversations="对话记录",
        close_list="收起对话记录",
        show_list="对话记录",
        search="搜索对话",
        none_kept="还没有对话。",
        none_found="没有符合的对话。",
        untitled="无题",
        rename="改名",
        new_title="新的名称",
        delete="删除",
        sure_to_delete="删除这段对话？",
        export="导出",
        nothing_fits="没有文档符合筛选条件，请放宽后再问。",
        retry="重新回答",
        edit="修改问题",
        editing="正在修改上一个问题（Esc 取消）",
        why="为何引用这些",
        why_means="每条依据是凭什么找到的：越强，越贴近问题。",
        not_cited="找到但未引用",
        no_reason="不在最先找到的段落里，是随上下文一并引用的。",
        by_terms="含有问题里的词",
        by_window="这些词挨在一起",
        by_wording="措辞相同",
        by_meaning="意思相近",
        very_strong="很强",
        strong="较强",
        middling="一般",
        weak="较弱",
        helpful="有用",
        unhelpful="没用",
        thanks="已记下，谢谢。",
        not_sent="没有记下，请再试一次。",
        what_was_wrong="哪里不好？",
        wrong="答案不对",
        incomplete="答得不全",
        wrong_source="引文不支持答案",
        should_answer="报告里有，却没答",
        unclear="看不懂",
        other_reason="其他",
        note="可以写下正确答案在哪里（可不填）",
        send="提交",
        cancel="取消",
        related="接着问",
        badge_refused="报告中没有",
        badge_conflict="来源不一",
        badge_unsupported="佐证不足",
        badge_repaired="修复过的文字",
        badge_damaged="受损的文字",
        copy_link="复制链接",
        changed_since="这份文档在链接生成之后改动过，标出的位置可能不准。",
        picture="版面",
        picture_means="PDF 的原页面",
        no_picture="原来的 PDF 文件不在了，或已改动，只能看文字。",
        no_marks="引文在这一页上认不出来，请对照文字。",
        sheet_of="第 {} / {} 页",
        page_before="上一页",
        page_after="下一页",
        sign_in="登录",
        sign_out="退出",
        user="用户名",
        sign_in_word="密码",
        wrong_sign_in="用户名或密码不对。",
        too_many_tries="试错太多次，请五分钟后再试。",
        too_many_questions="您还有问题正在回答，请等它们答完再问。",
        holds="{} 份报告，{} 个段落",
        shelf="报告库",
        theme_auto="主题：跟随系统",
        theme_light="主题：浅色",
        theme_dark="主题：深色",
        to_simplified="转为简体",
        to_traditional="转为繁体",
        own_file="我的文件",
        copy_answer="复制回答",
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
        empty="報告庫還是空的。可以先上傳自己的檔案來提問，或在終端機執行 wenju ingest 資料夾。",
        question="問題",
        placeholder="輸入問題，簡體繁體都可以",
        ask="提問",
        stop="停止",
        clear="新對話",
        stopped="已停止。",
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
        conversations="對話記錄",
        close_list="收起對話記錄",
        show_list="對話記錄",
        search="搜尋對話",
        none_kept="還沒有對話。",
        none_found="沒有符合的對話。",
        untitled="無題",
        rename="改名",
        new_title="新的名稱",
        delete="刪除",
        sure_to_delete="刪除這段對話？",
        export="匯出",
        nothing_fits="沒有文件符合篩選條件，請放寬後再問。",
        retry="重新回答",
        edit="修改問題",
        editing="正在修改上一個問題（Esc 取消）",
        why="為何引用這些",
        why_means="每條依據是憑什麼找到的：越強，越貼近問題。",
        not_cited="找到但未引用",
        no_reason="不在最先找到的段落裡，是隨上下文一併引用的。",
        by_terms="含有問題裡的詞",
        by_window="這些詞挨在一起",
        by_wording="措辭相同",
        by_meaning="意思相近",
        very_strong="很強",
        strong="較強",
        middling="一般",
        weak="較弱",
        helpful="有用",
        unhelpful="沒用",
        thanks="已記下，謝謝。",
        not_sent="沒有記下，請再試一次。",
        what_was_wrong="哪裡不好？",
        wrong="答案不對",
        incomplete="答得不全",
        wrong_source="引文不支持答案",
        should_answer="報告裡有，卻沒答",
        unclear="看不懂",
        other_reason="其他",
        note="可以寫下正確答案在哪裡（可不填）",
        send="提交",
        cancel="取消",
        related="接著問",
        badge_refused="報告中沒有",
        badge_conflict="來源不一",
        badge_unsupported="佐證不足",
        badge_repaired="修復過的文字",
        badge_damaged="受損的文字",
        copy_link="複製連結",
        changed_since="這份文件在連結產生之後改動過，標出的位置可能不準。",
        picture="版面",
        picture_means="PDF 的原頁面",
        no_picture="原來的 PDF 檔案不在了，或已改動，只能看文字。",
        no_marks="引文在這一頁上認不出來，請對照文字。",
        sheet_of="第 {} / {} 頁",
        page_before="上一頁",
        page_after="下一頁",
        sign_in="登入",
        sign_out="登出",
        user="使用者名稱",
        sign_in_word="密碼",
        wrong_sign_in="使用者名稱或密碼不對。",
        too_many_tries="試錯太多次，請五分鐘後再試。",
        too_many_questions="您還有問題正在回答，請等它們答完再問。",
        holds="{} 份報告，{} 個段落",
        shelf="報告庫",
        theme_auto="主題：跟隨系統",
        theme_light="主題：淺色",
        theme_dark="主題：深色",
        to_simplified="轉為簡體",
        to_traditional="轉為繁體",
        own_file="我的檔案",
        copy_answer="複製回答",
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
        empty="There are no reports yet. Upload files of your own to ask about, or run wenju ingest FOLDER in a terminal.",
        question="Question",
        placeholder="Ask in Simplified or Traditional Chinese",
        ask="Ask",
        stop="Stop",
        clear="New conversation",
        stopped="Stopped.",
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
        conversations="Conversations",
        close_list="Close conversations",
        show_list="Conversations",
        search="Search conversations",
        none_kept="No conversations yet.",
        none_found="No conversation matches.",
        untitled="Untitled",
        rename="Rename",
        new_title="New name",
        delete="Delete",
        sure_to_delete="Delete this conversation?",
        export="Export",
        nothing_fits="No document fits the filter; widen it and ask again.",
        retry="Answer again",
        edit="Edit question",
        editing="Editing your last question (Esc cancels)",
        why="Why these sources",
        why_means="What each source was found by: the stronger, the closer to the question.",
        not_cited="Found but not cited",
        no_reason="Not among the passages found first; cited along with its context.",
        by_terms="Words of the question",
        by_window="Close together",
        by_wording="Same wording",
        by_meaning="Similar meaning",
        very_strong="very strong",
        strong="strong",
        middling="fair",
        weak="weak",
        helpful="Helpful",
        unhelpful="Not helpful",
        thanks="Noted, thank you.",
        not_sent="Not noted; please try again.",
        what_was_wrong="What was wrong?",
        wrong="The answer is wrong",
        incomplete="Something is missing",
        wrong_source="The citation does not bear it out",
        should_answer="The reports do tell, but it did not answer",
        unclear="Hard to understand",
        other_reason="Something else",
        note="Where the right answer is, if you like",
        send="Send",
        cancel="Cancel",
        related="Ask next",
        badge_refused="Not in the reports",
        badge_conflict="Sources disagree",
        badge_unsupported="Unsupported",
        badge_repaired="Repaired text",
        badge_damaged="Damaged text",
        copy_link="Copy link",
        changed_since="This document has changed since the link was made; what is marked may be off.",
        picture="Page",
        picture_means="The page of the PDF as it looks",
        no_picture="The PDF file is gone or has changed; only its text can be shown.",
        no_marks="The quotation cannot be made out on this page; compare the text.",
        sheet_of="Page {} of {}",
        page_before="Previous page",
        page_after="Next page",
        sign_in="Sign in",
        sign_out="Sign out",
        user="User name",
        sign_in_word="Password",
        wrong_sign_in="The name or the password is wrong.",
        too_many_tries="Too many wrong passwords; try again in five minutes.",
        too_many_questions="Your other questions are still being answered; ask again when they are done.",
        holds="{} reports, {} passages",
        shelf="Library",
        theme_auto="Theme: system",
        theme_light="Theme: light",
        theme_dark="Theme: dark",
        to_simplified="In Simplified",
        to_traditional="In Traditional",
        own_file="My file",
        copy_answer="Copy answer",
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
