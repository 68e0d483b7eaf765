"""Which labels the chat page has, whatever their language."""

from __future__ import annotations

from dataclasses import dataclass


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
    conflict_within: str
    conflict_headline: str
    conflict_count: str
    in_headline: str
    in_text: str
    announced: str
    listed: str
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
    whose_browser: str
    whose_user: str
    none_found: str
    untitled: str
    rename: str
    new_title: str
    delete: str
    sure_to_delete: str
    export: str
    print_it: str
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
    by_reading: str
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
    close_card: str
    related: str
    badge_refused: str
    badge_conflict: str
    badge_within: str
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
    queue_full: str
    not_reached: str
    signed_out: str
    ask_again: str
    in_line: str
    holds: str
    shelf: str
    theme_auto: str
    theme_light: str
    theme_dark: str
    keys: str
    key_ask: str
    key_line: str
    key_stop: str
    key_steps: str
    key_box: str
    key_find: str
    key_help: str
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

    def disagreement(self, kind: str) -> str:
        """What a disagreement is called, by its kind: of sources, or of one report with itself."""
        named = {
            "within": self.conflict_within,
            "headline": self.conflict_headline,
            "count": self.conflict_count,
        }
        return named.get(kind, self.conflict)

    def badge_of(self, kind: str) -> str:
        """The same in a word."""
        return self.badge_conflict if self.disagreement(kind) == self.conflict else self.badge_within

    def places(self, kind: str) -> tuple[str, ...]:
        """What of a report says each of its two values, where they have a name."""
        named = {"headline": (self.in_headline, self.in_text), "count": (self.announced, self.listed)}
        return named.get(kind, ())
