// What can be asked about: the shared reports, the reader's own files on their way in, and the choice among all.
"use strict";

window.wenju.shelf = (() => {
  const chosen = { documents: new Map(), publisher: "", since: "", until: "", own: false };
  let saved = [];
  const looked = { tab: "shared", q: "", page: 0 };
  const coming = new Map();
  let loading = null;
  let watching = null;

  const dialog = () => document.getElementById("shelf");
  const line = () => document.getElementById("choosing");
  const files = () => document.getElementById("files");
  const names = () => line()?.dataset ?? {};
  const language = () => window.wenju.language();

  function choice() {
    const { documents, publisher, since, until, own } = chosen;
    return JSON.stringify({ documents: [...documents.keys()], publishers: publisher ? [publisher] : [], since, until, own });
  }

  function scope() {
    const { documents, publisher, since, until, own } = chosen;
    const years = since || until ? `${since}–${until}` : "";
    const [first] = documents.values();
    const some = documents.size > 1 ? names().chosen.replace("{}", documents.size) : first;
    return [own ? names().own : "", publisher, years, some].filter(Boolean).join(" · ");
  }

  // --- Choices that were saved under a name ---

  function given() {
    const { documents, publisher, since, until, own } = chosen;
    return { documents: [...documents], publisher, since, until, own };
  }

  const named = () => saved.find((one) => JSON.stringify(one.choice) === JSON.stringify(given()))?.name ?? "";

  async function lookForSaved() {
    const reply = await fetch("selections");
    if (reply.ok) saved = await reply.json();
    tell();
  }

  async function save() {
    const name = prompt(names().selectionname, named());
    if (!name?.trim()) return;
    const reply = await post("selections", { name, choice: given() });
    window.wenju.tell(reply.ok ? names().selectionkept : names().selectionrefused);
    await lookForSaved();
  }

  function take(choice) {
    Object.assign(chosen, choice, { documents: new Map(choice.documents) });
    looked.page = 0;
    tell();
    load();
  }

  async function forget(name) {
    if (!confirm(`${names().selectionforget}\n${name}`)) return;
    await post("selections/forget", { name });
    await lookForSaved();
  }

  function showSaved() {
    const line = document.getElementById("selections");
    if (!line) return;
    const now = named();
    const chips = saved.map(({ name, choice }) => {
      const chip = document.createElement("span");
      chip.className = "selection";
      chip.classList.toggle("chosen", name === now);
      const pressed = (text, label, does) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = text;
        button.title = button.ariaLabel = label;
        button.addEventListener("click", does);
        return button;
      };
      chip.append(pressed(name, name, () => take(choice)), pressed("×", `${names().selectionforget} ${name}`, () => forget(name)));
      return chip;
    });
    line.replaceChildren(...(chips.length ? [`${names().selections} `, ...chips] : []));
  }

  // The line below the question box, and what the window says at its foot.
  function tell() {
    if (!line()) return;
    const told = named() || scope();
    showSaved();
    document.getElementById("scope").textContent = told || names().all;
    line().classList.toggle("narrowed", Boolean(told));
    const foot = dialog().querySelector(".scope");
    if (foot) {
      foot.textContent = told || names().all;
      foot.parentElement.classList.toggle("narrowed", Boolean(told));
    }
    for (const box of dialog().querySelectorAll("[data-document]")) {
      if (box.type === "checkbox") box.checked = chosen.documents.has(box.dataset.document);
    }
    const [one] = coming.values();
    document.getElementById("coming").textContent = one ? `${one.name} ${one.told}` : "";
  }

  function clear() {
    chosen.documents.clear();
    Object.assign(chosen, { publisher: "", since: "", until: "", own: false });
    tell();
    if (dialog().open) load();
  }

  function count(own) {
    const button = document.getElementById("own-count");
    if (!button) return;
    button.hidden = own === 0;
    button.querySelector(".count").textContent = own;
  }

  async function load() {
    loading?.abort();
    loading = new AbortController();
    const { publisher, since, until } = chosen;
    const wanted = new URLSearchParams({ lang: language(), tab: looked.tab, q: looked.q, since, until, page: looked.page });
    if (publisher) wanted.set("publisher", publisher);
    try {
      const reply = await fetch(`shelf?${wanted}`, { signal: loading.signal });
      if (!reply.ok) return;
      const typing = document.activeElement?.id === "find";
      const top = dialog().querySelector(".shelf-inside")?.scrollTop ?? 0;
      dialog().innerHTML = await reply.text();
      dialog().querySelector(".shelf-inside").scrollTop = top;
      if (typing) {
        const find = document.getElementById("find");
        find?.focus();
        find?.setSelectionRange(find.value.length, find.value.length);
      }
      sendingLines();
      tell();
      if (dialog().querySelector("[data-working]")) watch();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async function open(tab) {
    looked.tab = tab ?? looked.tab;
    looked.page = 0;
    await load();
    if (!dialog().open) dialog().showModal();
    (document.getElementById("find") ?? dialog().querySelector(".drop button"))?.focus({ preventScroll: true });
  }

  async function speak() {
    const reply = await fetch(`choice?${new URLSearchParams({ lang: language() })}`);
    if (!reply.ok) return;
    document.getElementById("choice").innerHTML = await reply.text();
    files().accept = names().accept;
    await lookForSaved();
    await look();
  }

  // --- Files on their way in ---

  function send(list) {
    const fitting = list.filter((file) => !refused(file));
    for (const file of fitting) sendOne(file);
    if (fitting.length === 0) return;
    if (dialog().open && looked.tab !== "own") open("own");
  }

  // What the server would turn away need not be sent.
  function refused(file) {
    const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    const why = !names().accept.split(",").includes(ending) ? names().wrongtype : file.size > Number(names().most) ? names().toolarge : "";
    if (why) window.wenju.tell(`${file.name}: ${why}`);
    return why;
  }

  function sendOne(file) {
    const one = { name: file.name, told: `${names().sending} 0%`, share: 0 };
    coming.set(file.name, one);
    const request = new XMLHttpRequest();
    const end = (problem, kept) => {
      if (problem) window.wenju.tell(`${file.name}: ${problem}`);
      if (kept) {
        coming.delete(file.name);
        one.name = kept;
        one.told = names().reading;
        coming.set(kept, one);
        watch();
      } else coming.delete(file.name);
      tell();
      if (dialog().open) load();
    };
    request.upload.addEventListener("progress", (event) => {
      one.share = event.total ? event.loaded / event.total : 0;
      one.told = `${names().sending} ${Math.round(100 * one.share)}%`;
      tell();
      sendingLines();
    });
    request.addEventListener("load", () => {
      let reply = {};
      try {
        reply = JSON.parse(request.responseText);
      } catch { /* not from the page: told as such below */ }
      end(request.status === 201 ? "" : (reply.problem ?? names().notsent), reply.name);
    });
    request.addEventListener("error", () => end(names().notsent));
    request.open("POST", `uploads?${new URLSearchParams({ name: file.name, lang: language() })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
    tell();
    sendingLines();
  }

  function sendingLines() {
    const list = document.getElementById("sending");
    if (!list) return;
    const sent = [...coming.values()].filter((one) => one.share < 1);
    list.replaceChildren(
      ...sent.map((one) => {
        const item = document.createElement("li");
        const bar = document.createElement("progress");
        bar.value = one.share;
        bar.setAttribute("aria-label", one.name);
        const title = document.createElement("span");
        title.className = "title";
        title.textContent = one.name;
        item.append(title, bar);
        return item;
      }),
    );
  }

  // Look at the files and at what is being done, as long as something is.
  function watch() {
    watching ??= setTimeout(async () => {
      watching = null;
      const working = await look();
      if (dialog().open) await load();
      if (working) watch();
    }, 700);
  }

  async function look() {
    const [own, work] = await Promise.all([fetch("uploads"), fetch("shelf/work")]);
    if (!own.ok || !work.ok) return false;
    const listed = await own.json();
    count(listed.length);
    let working = (await work.json()).working;
    for (const file of listed) {
      const going = file.state === "waiting" || file.state === "reading";
      working ||= going;
      if (!coming.has(file.name) || going || coming.get(file.name).share < 1) continue;
      coming.delete(file.name);
      if (file.state === "ready") ready(file.name);
      else window.wenju.tell(`${file.name}: ${names().failed}`);
    }
    tell();
    return working;
  }

  async function ready(name) {
    window.wenju.tell(`${name} ${names().ready}`);
    const reply = await fetch(`uploads/questions?${new URLSearchParams({ name, lang: language() })}`);
    if (reply.ok) window.wenju.asking.offer(await reply.json());
  }

  // --- What is done ---

  async function post(address, body) {
    return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  async function deed(button) {
    const told = button.dataset.deed;
    const item = button.closest("li");
    const title = item?.querySelector(".title")?.textContent ?? "";
    if (names()[told] && !confirm(`${names()[told]}\n${title}`)) return;
    const reply = await post("shelf/work", { deed: told, path: button.dataset.of ?? "" });
    if (reply.status === 409) window.wenju.tell(names().busy);
    if (told === "remove") chosen.documents.delete(button.dataset.of);
    await load();
    watch();
  }

  async function remove(button) {
    const name = button.dataset.name;
    if (!confirm(`${names().delete}\n${name}`)) return;
    for (const box of button.closest("li").querySelectorAll("[data-document]")) chosen.documents.delete(box.dataset.document);
    await post("uploads/remove", { name });
    await look();
    await load();
  }

  function only(button) {
    clear();
    chosen.documents.set(button.dataset.document, button.dataset.title);
    dialog().close();
    tell();
    document.querySelector("#question textarea").focus();
  }

  const does = {
    open: (button) => open(button.dataset.tab),
    close: () => dialog().close(),
    choose: () => files().click(),
    clear,
    save,
    only,
    delete: remove,
  };

  document.addEventListener("click", (event) => {
    if (event.target === dialog()) dialog().close();
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.shelf) does[button.dataset.shelf](button);
    else if (button.dataset.deed) deed(button);
    else if (button.dataset.tab) open(button.dataset.tab);
    else if (button.dataset.to) {
      looked.page = Number(button.dataset.to);
      load();
    }
  });

  document.addEventListener("change", (event) => {
    const { dataset, checked, value } = event.target;
    if (event.target === files()) {
      send([...files().files]);
      files().value = "";
    } else if (dataset?.document) {
      if (checked) chosen.documents.set(dataset.document, dataset.title);
      else chosen.documents.delete(dataset.document);
      tell();
    } else if (dataset?.choice) {
      chosen[dataset.choice] = value;
      looked.page = 0;
      tell();
      load();
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    looked.q = event.target.value;
    looked.page = 0;
    load();
  });

  const carriesFiles = (event) => event.dataTransfer?.types?.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    send([...event.dataTransfer.files]);
  });

  return { speak, choice };
})();
