// The line in which questions wait: one that is on its way, and one that was not taken, told in our own words.
// Every question goes to Gradio's queue by a request, so that is where it is seen to begin and to fail.
"use strict";

window.wenju.queue = (() => {
  const UNSENT = "wenju-unsent";
  const LOOKS = 4000;
  const LETS_GO = 2000;
  let last = null;
  // The ticket of the question whose answer the page shows; of each that was sent, what is done when it is over.
  let ticket = "";
  const sent = new Map();
  let looking = null;
  const names = () => document.getElementById("brand").dataset;
  const notice = () => document.getElementById("refused");
  const going = () => document.body.classList.contains("going");
  const send = window.fetch.bind(window);
  // What can be guessed could be stopped by another; `randomUUID` is there for pages behind TLS alone.
  const drawn = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");

  window.fetch = async (...told) => {
    if (!String(told[0]?.url ?? told[0]).includes("/queue/join")) return send(...told);
    const asked = JSON.parse(told[1]?.body ?? "{}");
    const own = asked.data?.at(-1);
    const before = [...sent];
    begun(own, order(asked));
    await allOver(before);
    try {
      const reply = await send(...told);
      if (!reply.ok) refused({ 401: "out", 503: "full" }[reply.status] ?? "away", own);
      // Behind the door the question is asked for again.
      if (reply.status === 401) location.assign("login");
      return reply;
    } catch (error) {
      refused("away", own);
      throw error;
    }
  };

  // What is asked, as an order that can be given again: the box, an example, or an order of the script.
  function order({ data = [], event_data: event }) {
    const ordered = window.wenju.asking.ordered();
    if (event?.value?.text) return { do: "ask", question: event.value.text };
    return ordered && ordered === data[0] ? JSON.parse(ordered) : { do: "ask", question: data[0] ?? "" };
  }

  // Gradio closes its stream when the last answer has ended: what is sent in that very moment is never heard of.
  async function allOver(before) {
    const late = new Promise((over) => setTimeout(over, LETS_GO));
    await Promise.race([Promise.all(before.map(([, one]) => one.over)), late]);
    for (const [own] of before) sent.delete(own);
  }

  function begun(own, order) {
    ticket = own;
    let ends;
    sent.set(own, { over: new Promise((over) => (ends = over)), ends });
    last = order;
    quiet();
    document.body.classList.add("going");
    clearInterval(looking);
    looking = setInterval(look, LOOKS);
    window.wenju.asking.begun();
  }

  // A question has ended. Whether the page still shows it: it may have been stopped, or left.
  function over(own) {
    sent.get(own)?.ends();
    sent.delete(own);
    return own === ticket;
  }

  // What is being answered is answered to its end, elsewhere.
  function left() {
    sent.delete(ticket);
    return ticket;
  }

  function ended() {
    ticket = "";
    clearInterval(looking);
    document.body.classList.remove("going");
  }

  // An answer whose server is gone never ends, and nothing else tells: a stream that breaks off is opened again.
  async function look() {
    try {
      await send("shelf/work");
    } catch {
      if (going()) refused("away");
    }
  }

  function quiet() {
    sessionStorage.removeItem(UNSENT);
    notice().hidden = true;
  }

  function refused(why, own = ticket) {
    over(own);
    ended();
    sessionStorage.setItem(UNSENT, JSON.stringify({ why, order: last }));
    window.wenju.asking.back(last?.question);
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = names().again;
    again.addEventListener("click", () => {
      quiet();
      window.wenju.asking.act(last);
    });
    notice().replaceChildren(names()[why], " ", ...(last ? [again] : []));
    notice().hidden = false;
  }

  function speak() {
    document.getElementById("in-line").textContent = names().inline;
    document.getElementById("stop").textContent = names().stop;
    // Gradio loads the page anew when it has found its server again.
    const unsent = JSON.parse(sessionStorage.getItem(UNSENT) ?? "null");
    if (!unsent) return;
    last = unsent.order;
    refused(unsent.why);
  }

  document.addEventListener("click", (event) => {
    if (event.target.id !== "stop") return;
    document.getElementById("halt").click();
    window.wenju.asking.back("");
  });

  // What else Gradio has to say of an error it says in a corner, in English: a stream that broke off, mostly.
  new MutationObserver((changes) => {
    if (!going()) return;
    const added = changes.flatMap((change) => [...change.addedNodes]);
    if (added.some((node) => node.matches?.(".toast-body.error, :has(.toast-body.error)"))) refused("away");
  }).observe(document, { subtree: true, childList: true });

  return { going, ended, quiet, speak, over, left, shown: () => ticket, ticket: drawn };
})();
