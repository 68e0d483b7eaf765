// What the page does by itself: open citations in the source pane, copy, keep the keyboard right.
// No document reaches it as text: the server sends the pane's HTML, with everything escaped.
"use strict";

window.wenju = (() => {
  const chosen = { address: null, answer: null, text: "", whole: "", script: "", page: null, why: null };
  let language = "zh-Hans";
  let loading = null;
  let opener = null;

  const pane = () => document.getElementById("source");
  const narrow = () => matchMedia("(max-width: 900px)").matches;
  const marksOf = (answer) => {
    const marks = document.getElementById(answer)?.querySelectorAll("a.cite") ?? [];
    return [...new Set([...marks].map((mark) => mark.getAttribute("href")))];
  };

  async function load() {
    loading?.abort();
    loading = new AbortController();
    const wanted = new URLSearchParams(chosen.address?.split("?")[1] ?? "");
    wanted.set("lang", language);
    wanted.set("text", chosen.text);
    if (chosen.whole) wanted.set("whole", "1");
    if (chosen.script) wanted.set("script", "1");
    if (chosen.page !== null) wanted.set("page", chosen.page);
    const address = chosen.why ? `why?${new URLSearchParams({ turn: chosen.why, lang: language })}` : `source?${wanted}`;
    try {
      const reply = await fetch(address, { signal: loading.signal });
      if (!reply.ok) throw new Error(`${reply.status}`);
      pane().innerHTML = await reply.text();
      arrange();
    } catch (error) {
      if (error.name !== "AbortError") console.error("wenju: the source cannot be shown", error);
    }
  }

  // After new HTML: which steps there are, where the mark is, which citation of the answer is open.
  function arrange() {
    const marks = marksOf(chosen.answer);
    const at = marks.indexOf(chosen.address);
    for (const button of pane().querySelectorAll("[data-step]")) {
      button.disabled = marks[at + Number(button.dataset.step)] === undefined;
    }
    for (const mark of document.querySelectorAll("a.cite")) {
      const open = mark.getAttribute("href") === chosen.address && mark.closest(".answer")?.id === chosen.answer;
      mark.classList.toggle("open", open);
      if (open) mark.setAttribute("aria-current", "true");
      else mark.removeAttribute("aria-current");
    }
    const reading = pane().querySelector(".reading");
    const mark = reading?.querySelector("mark");
    if (reading?.classList.contains("picture")) reading.scrollLeft = 0;
    if (mark) {
      const above = mark.getBoundingClientRect().top - reading.getBoundingClientRect().top;
      reading.scrollTop += above - reading.clientHeight / 4;
    }
  }

  async function show(address, answer, byHand = true) {
    chosen.address = address;
    chosen.answer = answer;
    chosen.page = chosen.why = null;
    await load();
    if (byHand) lift();
  }

  // On a phone the pane is a sheet over the conversation.
  function lift() {
    if (narrow()) {
      document.body.classList.add("source-open");
      takeFocus(60);
    }
  }

  // What is hidden takes no focus, and the sheet is until it has been drawn.
  function takeFocus(frames) {
    pane().focus({ preventScroll: true });
    if (document.activeElement !== pane() && frames) requestAnimationFrame(() => takeFocus(frames - 1));
  }

  async function why(turn, link) {
    opener = link;
    chosen.why = turn;
    chosen.answer = link.closest(".answer").id;
    await load();
    lift();
  }

  function close() {
    document.body.classList.remove("source-open");
    opener?.focus();
  }

  function lastTurn() {
    const links = document.querySelectorAll("#chat .answer:not(.writing) a.deed[href*='do=retry']");
    return links.length ? new URLSearchParams(links[links.length - 1].getAttribute("href").split("?")[1]).get("turn") : null;
  }

  function toEnd() {
    const log = document.querySelector("#chat [role=log]");
    if (log) log.scrollTop = log.scrollHeight;
  }

  // A conversation is on the page and nothing is being written: none, one that was opened, or an answer has ended.
  function finished(conversation) {
    const place = new URL(location);
    if (conversation) place.searchParams.set("conversation", conversation);
    else place.searchParams.delete("conversation");
    history.replaceState(null, "", place);
    const answers = document.querySelectorAll("#chat .answer");
    const last = answers[answers.length - 1];
    const first = last && marksOf(last.id)[0];
    if (first && !narrow()) show(first, last.id, false);
    else if (last) arrange();
    else cleared();
    made.queue.ended();
    made.asking.finished();
    made.keeping.list();
    made.asking.watch(conversation);
  }

  function answered(conversation, over) {
    if (made.queue.over(over)) finished(conversation);
  }

  function cleared() {
    chosen.address = chosen.answer = chosen.why = chosen.page = null;
    document.body.classList.remove("source-open");
    load();
    if (!narrow()) document.querySelector("#question textarea")?.focus();
  }

  function speak(spoken) {
    language = spoken;
    document.documentElement.lang = spoken;
    const names = document.getElementById("brand").dataset;
    document.querySelector("#chat [role=log]").setAttribute("aria-label", names.conversation);
    document.querySelector("#language").setAttribute("aria-label", names.language);
    pane().setAttribute("aria-label", names.source);
    const first = !document.documentElement.classList.contains("spoken");
    document.documentElement.classList.add("spoken");
    // On a phone the keyboard would cover the examples.
    if (first && !narrow()) document.querySelector("#question textarea").focus();
    load();
    dressed();
    made.queue.speak();
    made.shelf.speak();
    made.keeping.speak();
    const conversation = new URLSearchParams(location.search).get("conversation");
    if (conversation && !made.keeping.current()) made.asking.act({ do: "open", conversation, again: true });
    if (first && localStorage.getItem("wenju-list") && !narrow()) made.keeping.toggle(true);
  }

  // --- Light and dark: as the system has it, unless the reader chose ---

  const themes = { auto: "light", light: "dark", dark: "auto" };
  const theme = () => localStorage.getItem("wenju-theme") ?? "auto";
  const isDark = () => theme() === "dark" || (theme() === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

  function dressed() {
    document.body.classList.toggle("dark", isDark());
    const button = document.getElementById("theme");
    if (!button) return;
    button.textContent = { auto: "◐", light: "☀", dark: "☾" }[theme()];
    button.title = button.ariaLabel = button.dataset[theme()];
  }

  document.addEventListener("click", (event) => {
    if (event.target.id !== "theme") return;
    localStorage.setItem("wenju-theme", themes[theme()]);
    dressed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dressed());

  async function copy(button) {
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? new URL(button.dataset.link, location.href).href);
      button.textContent = button.dataset.done;
    } catch {
      button.textContent = button.dataset.failed;
    }
    setTimeout(() => (button.textContent = label), 2000);
  }

  document.addEventListener(
    "click",
    (event) => {
      const mark = event.target.closest?.("a.cite");
      if (mark) {
        event.preventDefault();
        event.stopPropagation();
        opener = mark;
        show(mark.getAttribute("href"), mark.closest(".answer")?.id ?? chosen.answer);
        return;
      }
      const button = event.target.closest?.("#source button");
      if (!button) {
        const deed = event.target.closest?.("a.deed");
        if (document.body.classList.contains("source-open") && !event.target.closest?.("#source") && !deed) close();
        return;
      }
      if (button.dataset.step) step(Number(button.dataset.step));
      else if ("close" in button.dataset) close();
      else if (button.dataset.copy || button.dataset.link) copy(button);
      else if (button.dataset.page) leaf(button);
      else turn(button);
    },
    true,
  );

  function step(by) {
    const marks = marksOf(chosen.answer);
    const next = marks[marks.indexOf(chosen.address) + by];
    if (next) show(next, chosen.answer, false).then(() => refocus(`[data-step="${by}"]`));
  }

  function leaf(button) {
    chosen.page = button.dataset.page;
    load().then(() => refocus(`[data-by="${button.dataset.by}"]`));
  }

  function turn(button) {
    const name = ["whole", "script", "text"].find((kind) => kind in button.dataset);
    chosen[name] = button.dataset[name];
    load().then(() => refocus(name === "script" ? "[data-script]" : `[data-${name}="${button.dataset[name]}"]`));
  }

  // The pane was written anew: give the keyboard back its place.
  function refocus(selector) {
    pane().querySelector(selector)?.focus();
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
      const steps = { ArrowLeft: -1, ArrowRight: 1 };
      if (steps[event.key] && event.altKey && marksOf(chosen.answer).length) {
        event.preventDefault();
        step(steps[event.key]);
      }
    },
    true,
  );

  // Enter that picks a word of an input method asks nothing; nor does it while an answer is being written.
  for (const kind of ["keydown", "keypress"]) {
    document.addEventListener(
      kind,
      (event) => {
        if (event.key !== "Enter" || event.shiftKey || !event.target.closest?.("#question textarea")) return;
        const composing = event.isComposing || event.keyCode === 229;
        const answering = made.queue.going();
        if (composing || answering) event.stopImmediatePropagation();
        if (answering && !composing) event.preventDefault();
      },
      true,
    );
  }

  // Gradio names each bubble by its source text, which for us is HTML: let screen readers read the bubble instead.
  new MutationObserver(() => {
    for (const bubble of document.querySelectorAll("#chat [data-testid][aria-label]")) bubble.removeAttribute("aria-label");
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"] });

  // The scripts behind this one add what they do; then the page may speak.
  const ready = () => window.wenjuLanguage && setTimeout(() => speak(window.wenjuLanguage));
  const made = {
    speak: (spoken) => made.keeping && speak(spoken),
    finished, answered, ready, why, narrow, lastTurn, toEnd, language: () => language, order: () => made.asking.taken(),
    choice: () => made.shelf.choice(), tell: (text) => made.keeping.tell(text),
  };
  return made;
})();
