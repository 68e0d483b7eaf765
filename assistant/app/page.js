// What the page does by itself: open citations in the source pane, copy, keep the keyboard right.
// No document reaches it as text: the server sends the pane's HTML, with everything escaped.
"use strict";

window.wenju = (() => {
  const chosen = { address: null, answer: null, text: "", whole: "" };
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
    try {
      const reply = await fetch(`source?${wanted}`, { signal: loading.signal });
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
    if (mark) {
      const above = mark.getBoundingClientRect().top - reading.getBoundingClientRect().top;
      reading.scrollTop += above - reading.clientHeight / 4;
    }
  }

  async function show(address, answer, byHand = true) {
    chosen.address = address;
    chosen.answer = answer;
    await load();
    if (narrow() && byHand) {
      document.body.classList.add("source-open");
      // What is hidden takes no focus, and the sheet is until it has been drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => pane().focus({ preventScroll: true })));
    }
  }

  function close() {
    document.body.classList.remove("source-open");
    opener?.focus();
  }

  function finished() {
    const answers = document.querySelectorAll("#chat .answer");
    const last = answers[answers.length - 1];
    const first = last && marksOf(last.id)[0];
    if (first && !narrow()) show(first, last.id, false);
    else arrange();
  }

  function cleared() {
    chosen.address = chosen.answer = null;
    document.body.classList.remove("source-open");
    load();
    document.querySelector("#question textarea")?.focus();
  }

  function speak(spoken) {
    language = spoken;
    document.documentElement.lang = spoken;
    const names = document.getElementById("brand").dataset;
    document.querySelector("#chat [role=log]").setAttribute("aria-label", names.conversation);
    document.querySelector("#language").setAttribute("aria-label", names.language);
    document.querySelector("#documents input").placeholder = names.all;
    pane().setAttribute("aria-label", names.source);
    const first = !document.documentElement.classList.contains("spoken");
    document.documentElement.classList.add("spoken");
    // On a phone the keyboard would cover the examples.
    if (first && !narrow()) document.querySelector("#question textarea").focus();
    load();
  }

  async function copy(button) {
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
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
        show(mark.getAttribute("href"), mark.closest(".answer").id);
        return;
      }
      const button = event.target.closest?.("#source button");
      if (!button) {
        if (document.body.classList.contains("source-open") && !event.target.closest?.("#source")) close();
        return;
      }
      if (button.dataset.step) step(Number(button.dataset.step));
      else if ("close" in button.dataset) close();
      else if (button.dataset.copy) copy(button);
      else turn(button);
    },
    true,
  );

  function step(by) {
    const marks = marksOf(chosen.answer);
    const next = marks[marks.indexOf(chosen.address) + by];
    if (next) show(next, chosen.answer, false).then(() => refocus(`[data-step="${by}"]`));
  }

  function turn(button) {
    const name = "whole" in button.dataset ? "whole" : "text";
    chosen[name] = button.dataset[name];
    load().then(() => refocus(`[data-${name}="${button.dataset[name]}"]`));
  }

  // The pane was written anew: give the keyboard back its place.
  function refocus(selector) {
    pane().querySelector(selector)?.focus();
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
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
        const answering = document.querySelector("#question .stop-button");
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

  const made = { speak, finished, cleared };
  if (window.wenjuLanguage) setTimeout(() => speak(window.wenjuLanguage));
  return made;
})();
