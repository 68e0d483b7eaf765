// Asking: again, in other words, or what comes next; by the keyboard.
"use strict";

window.wenju.asking = (() => {
  let order = null;
  let given = null;
  let editing = null;
  let watching = null;
  const LOOKS = 1000;

  const box = () => document.querySelector("#question textarea");
  const writing = () => window.wenju.queue.going();
  const next = () => document.getElementById("next");

  // The page's hidden buttons fetch the order when they are pressed.
  function act(told) {
    const leaving = told.do === "open" || told.do === "new";
    if (writing() && !leaving) return;
    order = JSON.stringify(told);
    if (told.do === "new") begun();
    if (leaving && !told.again) window.wenju.queue.quiet();
    document.getElementById(leaving ? "go" : "do").click();
  }

  function taken() {
    const told = (given = order ?? "{}");
    order = null;
    return told;
  }

  function write(text) {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    set.call(box(), text);
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  function begin(question, turn) {
    editing = turn;
    write(question);
    box().focus();
    document.body.classList.add("editing");
    document.getElementById("composer").dataset.editing = document.getElementById("brand").dataset.editing;
  }

  function cancel(keep) {
    editing = null;
    document.body.classList.remove("editing");
    if (!keep) write("");
  }

  // A question is on its way: what came after the one before is no longer next.
  function begun() {
    if (next()) next().replaceChildren();
  }

  async function goOn(turn) {
    const reply = await fetch(`related?${new URLSearchParams({ turn })}`);
    if (!reply.ok) return;
    const questions = await reply.json();
    if (turn === window.wenju.lastTurn()) offer(questions);
  }

  // Questions to go on with, each a click away.
  function offer(questions) {
    if (!questions.length || writing()) return;
    next().replaceChildren(
      ...questions.map((question) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = question;
        button.addEventListener("click", () => act({ do: "ask", question }));
        return button;
      }),
    );
    next().setAttribute("aria-label", document.getElementById("brand").dataset.related);
    window.wenju.toEnd();
  }

  // The keyboard goes back to the box; a question that was not taken is there again, unless the next one is already.
  function back(question) {
    if (question && !box().value.trim()) write(question);
    if (!window.wenju.narrow()) box().focus();
  }

  function finished() {
    begun();
    const turn = window.wenju.lastTurn();
    if (turn) goOn(turn);
  }

  // An answer that was left while it was being written goes on: its conversation is opened again until it is there.
  function watch(conversation) {
    clearTimeout(watching);
    if (!document.querySelector("#chat .answer.writing")) return;
    watching = setTimeout(() => {
      if (!writing()) act({ do: "open", conversation, again: true });
    }, LOOKS);
  }

  function deed(link) {
    const told = new URLSearchParams(link.getAttribute("href").split("?")[1]);
    const turn = told.get("turn");
    const what = told.get("do");
    if (what === "retry") act({ do: "retry" });
    else if (what === "edit") begin(link.closest(".message").querySelector(".asked").innerText, turn);
    else if (what === "why") window.wenju.why(turn, link);
    else if (what === "copy") copy(turn);
    else window.wenju.keeping.think(turn, what === "good", link);
  }

  async function copy(turn) {
    const names = document.getElementById("brand").dataset;
    try {
      const reply = await fetch(`answer?${new URLSearchParams({ turn, lang: window.wenju.language() })}`);
      if (!reply.ok) throw new Error(`${reply.status}`);
      await navigator.clipboard.writeText(await reply.text());
      window.wenju.tell(names.copied);
    } catch {
      window.wenju.tell(names.notcopied);
    }
  }

  function send(event) {
    const question = box().value;
    event.preventDefault();
    event.stopImmediatePropagation();
    cancel(true);
    write("");
    act({ do: "edit", question });
  }

  document.addEventListener(
    "keydown",
    (event) => {
      const composing = event.isComposing || event.keyCode === 229;
      if (composing || document.querySelector("dialog[open]")) return;
      if (event.key === "Escape") {
        if (document.body.classList.contains("source-open")) return;
        if (editing) cancel(false);
        else if (writing()) document.getElementById("stop").click();
        else if (document.body.classList.contains("list-open") && window.wenju.narrow()) window.wenju.keeping.toggle(false);
      } else if (event.key === "Enter" && !event.shiftKey && event.target === box()) {
        if (editing && box().value.trim()) send(event);
      }
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a.deed");
      if (link) {
        event.preventDefault();
        event.stopPropagation();
        deed(link);
      } else if (event.target.closest?.("#question .submit-button")) {
        if (writing()) event.stopPropagation();
        else if (editing && box().value.trim()) send(event);
      }
    },
    true,
  );

  return { act, taken, ordered: () => given, finished, begun, back, offer, watch };
})();
