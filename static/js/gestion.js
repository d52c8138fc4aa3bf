/* The keyboard of the agents' space: comfort only, every page works without it. */
"use strict";
{
  const links = [...document.querySelectorAll("[data-row-link]")];
  const keys = document.querySelector("[data-keys]");
  (document.querySelector(".case-action [aria-invalid=true]") ?? document.querySelector("[data-focus]"))?.focus();

  /* The case page leads back to the queue and page one came from. */
  const back = document.querySelector("[data-list]");
  if (!back) sessionStorage.setItem("list", location.pathname + location.search);
  else if (sessionStorage.getItem("list")?.startsWith(back.pathname)) back.href = sessionStorage.getItem("list");

  /* On a telephone the queues are wider than the screen: the one on show is in sight. */
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  const move = (step) => {
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
  };

  /* « r » writes in the first block open to the agent: the answer, else a message. */
  const reply = () => {
    for (const name of ["answer", "message"]) {
      const block = document.querySelector(`[data-action="${name}"]`);
      if (!block) continue;
      block.open = true;
      block.querySelector("textarea").focus();
      return;
    }
  };

  const actions = {
    j: () => move(1),
    k: () => move(-1),
    r: reply,
    u: () => back?.click(),
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => keys?.showModal(),
  };

  /* Elements that name their key: a link is followed, a block opens on its first field or its button. */
  for (const each of document.querySelectorAll("[data-key]")) {
    actions[each.dataset.key] = () => {
      if (each.tagName !== "DETAILS") return each.click();
      each.open = true;
      each.querySelector("select, textarea, button").focus();
    };
  }

  /* The piece on show is marked in the list of pieces. */
  const pieces = [...document.querySelectorAll("[data-piece]")];
  for (const piece of pieces) {
    piece.addEventListener("click", () => {
      for (const other of pieces) other.removeAttribute("aria-current");
      piece.setAttribute("aria-current", "true");
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys?.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  /* A row is as large as its link: the whole line opens the case. */
  for (const row of document.querySelectorAll("[data-row]")) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, label") && !getSelection().toString()) row.querySelector("a").click();
    });
  }

  /* All lines of the page at once, and how many are chosen. */
  const pickAll = document.querySelector("[data-pick-all]");
  if (pickAll) {
    const all = pickAll.querySelector("input");
    const picks = [...document.querySelectorAll("input[name=case]")];
    const count = () => {
      const chosen = picks.filter((each) => each.checked).length;
      all.checked = chosen === picks.length;
      all.indeterminate = chosen > 0 && !all.checked;
      document.querySelector("[data-picked]").textContent = chosen ? `(${chosen})` : "";
      pickAll.closest(".bulk").classList.toggle("is-picking", chosen > 0);
    };
    all.addEventListener("change", () => {
      for (const each of picks) each.checked = all.checked;
      count();
    });
    for (const each of picks) each.addEventListener("change", count);
    pickAll.hidden = false;
    addEventListener("pageshow", count); /* the browser puts the ticks back */
  }

  /* A template comes into the text without a new page; where that fails, the button does its work by itself. */
  for (const button of document.querySelectorAll(".case-template button")) {
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      const { form } = button;
      const chosen = form.elements.template.selectedOptions[0];
      const answer = await fetch(chosen.dataset.url).catch(() => null);
      if (!answer?.ok || answer.redirected) return form.requestSubmit(button);
      const text = form.elements.body;
      text.value = [text.value.trimEnd(), await answer.text()].filter(Boolean).join("\n\n");
      text.rows = 14;
      form.elements.begun.value = chosen.value;
      text.focus();
    });
  }

  /* A document shows beside the facts, and the agent goes on writing; what cannot be shown opens its own tab. */
  const shown = document.querySelector("[data-shown]");
  const shownPiece = shown?.querySelector("[data-shown-piece]");
  let shownBy = null;
  const hide = () => {
    shown.close();
    shownPiece.replaceChildren();
    shownBy?.focus();
    shownBy = null;
  };
  const show = (link) => {
    const framed = link.hasAttribute("data-framed");
    const piece = document.createElement(framed ? "iframe" : "img");
    shownBy = link;
    shown.querySelector("[data-shown-name]").textContent = link.dataset.shows;
    piece[framed ? "title" : "alt"] = link.dataset.shows;
    piece.addEventListener("error", () => {
      hide();
      location.assign(link.href);
    });
    piece.src = framed ? `${link.href}#view=FitH&navpanes=0` : link.href; /* the page fills the width */
    shownPiece.replaceChildren(piece); /* a new frame each time: the Back button leads to the list */
    if (!shown.open) shown.show();
    shown.querySelector("[data-shown-close]").focus();
  };
  for (const link of shown ? document.querySelectorAll("[data-shows]") : []) {
    if (link.hasAttribute("data-framed") && navigator.pdfViewerEnabled === false) continue;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(link);
    });
  }
  shown?.querySelector("[data-shown-close]").addEventListener("click", hide);
  shown?.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  /* Pressed twice, sent once; the server is the real guard. */
  for (const form of document.querySelectorAll(".case-action form")) {
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name) return;
      if (form.classList.contains("is-sending")) event.preventDefault();
      form.classList.add("is-sending");
    });
  }
}
