// The conversations that are kept: listed, opened, renamed, searched, deleted, taken along. And what readers think of answers.
"use strict";

window.wenju.keeping = (() => {
  const kept = () => document.getElementById("kept");
  const panel = () => document.getElementById("keeping");
  const card = () => document.getElementById("card");
  const current = () => document.querySelector("#conversation textarea, #conversation input")?.value ?? "";
  let searching = null;
  let told = null;

  async function post(address, body) {
    try {
      const reply = await fetch(address, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      return reply.ok;
    } catch {
      return false;
    }
  }

  function tell(text) {
    const line = document.getElementById("told");
    line.textContent = text;
    line.classList.add("shown");
    clearTimeout(told);
    told = setTimeout(() => line.classList.remove("shown"), 2500);
  }

  async function speak() {
    const typed = document.getElementById("search")?.value ?? "";
    const reply = await fetch(`keeping?${new URLSearchParams({ lang: window.wenju.language() })}`);
    if (!reply.ok) return;
    panel().innerHTML = await reply.text();
    document.getElementById("search").value = typed;
    await list();
  }

  async function list() {
    if (!kept()) return;
    searching?.abort();
    searching = new AbortController();
    const q = document.getElementById("search").value;
    const wanted = new URLSearchParams({ lang: window.wenju.language(), q, current: current() });
    try {
      const reply = await fetch(`conversations?${wanted}`, { signal: searching.signal });
      if (reply.ok) kept().innerHTML = await reply.text();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    for (const button of panel().querySelectorAll("[data-export]")) button.disabled = !current();
  }

  function toggle(open) {
    document.body.classList.toggle("list-open", open);
    document.getElementById("show-list").setAttribute("aria-expanded", String(open));
    localStorage.setItem("wenju-list", open && !window.wenju.narrow() ? "1" : "");
    if (open) list();
  }

  async function change(item, deed) {
    const name = item.dataset.conversation;
    if (deed === "open") {
      window.wenju.asking.act({ do: "open", conversation: name });
      if (window.wenju.narrow()) toggle(false);
      return;
    }
    if (deed === "rename") {
      const title = prompt(kept().dataset.rename, item.dataset.title);
      if (title?.trim()) await post(`conversations/${name}/rename`, { title });
    } else if (confirm(`${kept().dataset.delete}\n${item.dataset.title}`)) {
      await post(`conversations/${name}/delete`, {});
      if (name === current()) window.wenju.asking.act({ do: "new" });
    }
    await list();
  }

  async function think(turn, good, link) {
    if (!good) {
      const reply = await fetch(`opinion?${new URLSearchParams({ turn, lang: window.wenju.language() })}`);
      if (!reply.ok) return;
      card().innerHTML = await reply.text();
      card().showModal();
      card().returnLink = link;
      return;
    }
    given(await post("opinion", { turn: Number(turn), good: true }), link);
  }

  async function leave() {
    await post("logout", {});
    sessionStorage.clear(); // who signs in next in this tab is not shown what this reader could not send
    location.assign("login");
  }

  async function keys() {
    const reply = await fetch(`keys?${new URLSearchParams({ lang: window.wenju.language() })}`);
    if (!reply.ok) return;
    card().innerHTML = await reply.text();
    card().showModal();
  }

  // Keys that mean something wherever nothing is written.
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector(".head-deeds [data-shelf=open]").click();
    } else if (!writes && event.key === "/") {
      event.preventDefault();
      document.querySelector("#question textarea").focus();
    } else if (!writes && event.key === "?") keys();
  });

  function given(done, link) {
    const names = document.getElementById("brand").dataset;
    tell(done ? names.thanks : names.failed);
    if (!done) return;
    for (const thumb of link.parentElement.querySelectorAll("a.thumb")) thumb.classList.toggle("given", thumb === link);
  }

  async function send() {
    const form = card().querySelector("form");
    const chosen = new FormData(form);
    const opinion = { turn: Number(form.dataset.turn), good: false, reason: chosen.get("reason"), note: chosen.get("note") };
    const link = card().returnLink;
    const done = await post("opinion", opinion);
    card().close();
    given(done, link);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === "show-list") toggle(!document.body.classList.contains("list-open"));
    else if (button.dataset.card === "send") send();
    else if (button.dataset.card === "close") card().close();
    else if (button.id === "keys") keys();
    else if (button.dataset.export === "print") window.print();
    else if (button.dataset.export) {
      const wanted = { conversation: current(), form: button.dataset.export, lang: window.wenju.language() };
      const link = document.createElement("a");
      link.href = `export?${new URLSearchParams(wanted)}`;
      link.download = "";
      link.click();
    } else if (button.dataset.list === "close") toggle(false);
    else if (button.dataset.list === "leave") leave();
    else if (button.dataset.list === "new") document.getElementById("clear").click();
    else if (button.dataset.list) change(button.closest("li"), button.dataset.list);
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "search") list();
  });

  return { speak, list, toggle, think, tell, current };
})();
window.wenju.ready();
