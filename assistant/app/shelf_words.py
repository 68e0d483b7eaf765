"""The labels of what can be asked about: the shared reports, the reader's own files, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.app.languages import Language


@dataclass(frozen=True, slots=True)
class ShelfWords:
    """The labels of one language. Those with `{}` in them are templates."""

    shelf: str
    shared: str
    own: str
    close: str
    search: str
    publisher: str
    any_publisher: str
    since: str
    until: str
    any_year: str
    summary: str
    found: str
    nothing_shared: str
    nothing_found: str
    pages: str
    slides: str
    sheets: str
    characters: str
    many_characters: str
    step: int
    ingested: str
    cleaned: str
    cleaned_means: str
    untouched: str
    repaired: str
    damaged: str
    warnings: str
    read: str
    again: str
    remove: str
    sure_to_remove: str
    update: str
    update_means: str
    promote: str
    promote_means: str
    sure_to_promote: str
    before: str
    after: str
    of_pages: str
    working_update: str
    working_again: str
    working_remove: str
    working_promote: str
    done_update: str
    done_again: str
    done_remove: str
    done_promote: str
    work_failed: str
    busy: str
    drop: str
    choose: str
    limits: str
    private: str
    private_here: str
    none_own: str
    waiting: str
    reading: str
    ready: str
    failed: str
    sending: str
    sure_to_delete: str
    delete: str
    add: str
    all: str
    scope: str
    only_own: str
    chosen: str
    clear: str
    selections: str
    save_selection: str
    selection_name: str
    forget_selection: str
    selection_kept: str
    selection_refused: str
    done: str
    ask_this: str
    can_ask: str
    too_large: str
    too_many: str
    too_much: str
    wrong_type: str
    no_name: str
    nobody: str
    not_sent: str
    no_uploads: str

    def length(self, characters: int) -> str:
        """How long a text is, as people say it."""
        if characters < self.step:
            return self.characters.format(characters)
        return self.many_characters.format(f"{characters / self.step:.1f}")


LIBRARY_WORDS: Mapping[Language, ShelfWords] = {
    "zh-Hans": ShelfWords(
        shelf="资料",
        shared="报告库",
        own="我的文件",
        close="关闭资料",
        search="按标题、发布方或文件名查找",
        publisher="发布方",
        any_publisher="全部发布方",
        since="自",
        until="至",
        any_year="不限",
        summary="{} 份报告，{} 个段落，最近入库 {}",
        found="符合的 {} 份",
        nothing_shared="报告库还是空的。在终端运行 wenju ingest 文件夹，或先上传自己的文件。",
        nothing_found="没有符合的报告。",
        pages="{} 页",
        slides="{} 页",
        sheets="{} 张表",
        characters="{} 字",
        many_characters="{} 万字",
        step=10_000,
        ingested="{} 入库",
        cleaned="清理 {}",
        cleaned_means="占原文字符的比例：表情、乱入的拼音、网站套话、目录等",
        untouched="未作改动",
        repaired="修复 {} 处",
        damaged="受损 {} 处",
        warnings="提示",
        read="看全文",
        again="重新入库",
        remove="移出",
        sure_to_remove="把它移出报告库？\n文件本身不会删除，下次更新时会再收入；不想再收，请写进 .wenjuignore。",
        update="更新报告库",
        update_means="从入库时的文件夹里收入新文件和改动",
        promote="收入报告库",
        promote_means="所有人都能查到；它将不再是您私有的文件",
        sure_to_promote="收入报告库后，所有人都能查到这份文件。继续？",
        before="上一页",
        after="下一页",
        of_pages="第 {} / {} 页",
        working_update="正在更新报告库…",
        working_again="正在重新入库…",
        working_remove="正在移出…",
        working_promote="正在收入报告库…",
        done_update="报告库已更新：新增 {} 份，更新 {} 份，失败 {} 份。",
        done_again="已重新入库。",
        done_remove="已移出报告库。",
        done_promote="已收入报告库。",
        work_failed="没有完成：",
        busy="还有一项操作没做完，请稍候。",
        drop="把文件拖到这里",
        choose="选择文件",
        limits="支持 {}；每份不超过 {} MB，最多 {} 份。",
        private="只有您自己能看到和提问，不会进入报告库。",
        private_here="只有这个浏览器能看到和提问，不会进入报告库；{} 天没有打开过，文件就会清除。",
        none_own="还没有上传文件。上传后即可和报告库一起提问。",
        waiting="等待读取",
        reading="正在读取和清理…",
        ready="可以提问",
        failed="无法读取",
        sending="上传中",
        sure_to_delete="删除这份文件？",
        delete="删除",
        add="上传文件",
        all="全部资料",
        scope="提问范围",
        only_own="只问我的文件",
        chosen="{} 份文档",
        clear="恢复全部",
        selections="常用范围",
        save_selection="存为常用范围",
        selection_name="给这个范围起个名字，以后一点就用",
        forget_selection="删除这个常用范围？",
        selection_kept="已存为常用范围",
        selection_refused="没有存下：文档太多，或已有 30 个常用范围",
        done="完成",
        ask_this="只问这份",
        can_ask="可以提问了",
        too_large="文件太大，每份不超过 {} MB",
        too_many="最多 {} 份文件，请先删除一些",
        too_much="您的文件总量已满，请先删除一些",
        wrong_type="不支持这种文件",
        no_name="文件名无法使用",
        nobody="浏览器没有保存 Cookie，无法区分您的文件",
        not_sent="上传失败，请重试",
        no_uploads="这里没有开放上传。",
    ),
    "zh-Hant": ShelfWords(
        shelf="資料",
        shared="報告庫",
        own="我的檔案",
        close="關閉資料",
        search="依標題、發布方或檔名查找",
        publisher="發布方",
        any_publisher="全部發布方",
        since="自",
        until="至",
        any_year="不限",
        summary="{} 份報告，{} 個段落，最近入庫 {}",
        found="符合的 {} 份",
        nothing_shared="報告庫還是空的。在終端機執行 wenju ingest 資料夾，或先上傳自己的檔案。",
        nothing_found="沒有符合的報告。",
        pages="{} 頁",
        slides="{} 頁",
        sheets="{} 張表",
        characters="{} 字",
        many_characters="{} 萬字",
        step=10_000,
        ingested="{} 入庫",
        cleaned="清理 {}",
        cleaned_means="占原文字元的比例：表情、混入的拼音、網站套話、目錄等",
        untouched="未作改動",
        repaired="修復 {} 處",
        damaged="受損 {} 處",
        warnings="提示",
        read="看全文",
        again="重新入庫",
        remove="移出",
        sure_to_remove="把它移出報告庫？\n檔案本身不會刪除，下次更新時會再收入；不想再收，請寫進 .wenjuignore。",
        update="更新報告庫",
        update_means="從入庫時的資料夾裡收入新檔案和改動",
        promote="收入報告庫",
        promote_means="所有人都能查到；它將不再是您私有的檔案",
        sure_to_promote="收入報告庫後，所有人都能查到這份檔案。繼續？",
        before="上一頁",
        after="下一頁",
        of_pages="第 {} / {} 頁",
        working_update="正在更新報告庫…",
        working_again="正在重新入庫…",
        working_remove="正在移出…",
        working_promote="正在收入報告庫…",
        done_update="報告庫已更新：新增 {} 份，更新 {} 份，失敗 {} 份。",
        done_again="已重新入庫。",
        done_remove="已移出報告庫。",
        done_promote="已收入報告庫。",
        work_failed="沒有完成：",
        busy="還有一項操作沒做完，請稍候。",
        drop="把檔案拖到這裡",
        choose="選擇檔案",
        limits="支援 {}；每份不超過 {} MB，最多 {} 份。",
        private="只有您自己能看到和提問，不會進入報告庫。",
        private_here="只有這個瀏覽器能看到和提問，不會進入報告庫；{} 天沒有打開過，檔案就會清除。",
        none_own="還沒有上傳檔案。上傳後即可和報告庫一起提問。",
        waiting="等待讀取",
        reading="正在讀取和清理…",
        ready="可以提問",
        failed="無法讀取",
        sending="上傳中",
        sure_to_delete="刪除這份檔案？",
        delete="刪除",
        add="上傳檔案",
        all="全部資料",
        scope="提問範圍",
        only_own="只問我的檔案",
        chosen="{} 份文件",
        clear="恢復全部",
        selections="常用範圍",
        save_selection="存為常用範圍",
        selection_name="給這個範圍取個名字，以後一點就用",
        forget_selection="刪除這個常用範圍？",
        selection_kept="已存為常用範圍",
        selection_refused="沒有存下：文件太多，或已有 30 個常用範圍",
        done="完成",
        ask_this="只問這份",
        can_ask="可以提問了",
        too_large="檔案太大，每份不超過 {} MB",
        too_many="最多 {} 份檔案，請先刪除一些",
        too_much="您的檔案總量已滿，請先刪除一些",
        wrong_type="不支援這種檔案",
        no_name="檔名無法使用",
        nobody="瀏覽器沒有保存 Cookie，無法區分您的檔案",
        not_sent="上傳失敗，請重試",
        no_uploads="這裡沒有開放上傳。",
    ),
    "en": ShelfWords(
        shelf="Library",
        shared="Reports",
        own="My files",
        close="Close library",
        search="Find by title, publisher or file name",
        publisher="Publisher",
        any_publisher="All publishers",
        since="From",
        until="to",
        any_year="Any",
        summary="{} reports, {} passages, last ingested {}",
        found="{} match",
        nothing_shared="There are no reports yet. Run wenju ingest FOLDER in a terminal, or upload files of your own.",
        nothing_found="No report matches.",
        pages="{} pages",
        slides="{} slides",
        sheets="{} sheets",
        characters="{} characters",
        many_characters="{}k characters",
        step=1000,
        ingested="ingested {}",
        cleaned="{} cleaned out",
        cleaned_means="Share of the file's characters: emoji, stray pinyin, boilerplate, tables of contents",
        untouched="unchanged",
        repaired="{} repaired",
        damaged="{} damaged",
        warnings="Notes",
        read="Whole text",
        again="Ingest again",
        remove="Remove",
        sure_to_remove="Remove it from the reports?\nIts file stays and comes back with the next update; list it in .wenjuignore to keep it out.",
        update="Update reports",
        update_means="Take in new and changed files from the folders that were ingested",
        promote="Add to reports",
        promote_means="Everybody will find it; it will no longer be yours alone",
        sure_to_promote="Everybody will be able to find this file once it is added to the reports. Go on?",
        before="Previous page",
        after="Next page",
        of_pages="Page {} of {}",
        working_update="Updating the reports…",
        working_again="Ingesting again…",
        working_remove="Removing…",
        working_promote="Adding to the reports…",
        done_update="Reports updated: {} added, {} replaced, {} failed.",
        done_again="Ingested again.",
        done_remove="Removed from the reports.",
        done_promote="Added to the reports.",
        work_failed="Not done: ",
        busy="Something else is still being done; please wait.",
        drop="Drop files here",
        choose="Choose files",
        limits="{}; at most {} MB each, {} files.",
        private="Only you can see them and ask about them; they are not added to the reports.",
        private_here="Only this browser can see them and ask about them; they are not added to the reports, and are removed when it was away for {} days.",
        none_own="No files yet. Once uploaded, they are asked about along with the reports.",
        waiting="waiting",
        reading="reading and cleaning…",
        ready="ready to ask about",
        failed="cannot be read",
        sending="uploading",
        sure_to_delete="Delete this file?",
        delete="Delete",
        add="Upload files",
        all="Everything",
        scope="Scope of questions",
        only_own="Only my files",
        chosen="{} documents",
        clear="Back to everything",
        selections="Saved scopes",
        save_selection="Save this scope",
        selection_name="Name this scope, to choose it by a click later",
        forget_selection="Delete this saved scope?",
        selection_kept="Scope saved",
        selection_refused="Not saved: too many documents, or 30 scopes are saved already",
        done="Done",
        ask_this="Ask this one only",
        can_ask="ready to ask about",
        too_large="Too large: at most {} MB each",
        too_many="At most {} files; delete some first",
        too_much="Your files take up all the room they may; delete some first",
        wrong_type="Files of this kind are not read",
        no_name="This file name cannot be used",
        nobody="Your browser keeps no cookies, so your files could not be told from others'",
        not_sent="Upload failed; please try again",
        no_uploads="Uploads are switched off here.",
    ),
}
