/* Comfort only: every page works without this file. */
"use strict";
{
  const words = (element, name) => element.dataset[name] || "";

  /* The error summary is read first. */
  document.querySelector("[data-focus]")?.focus();

  /* Copy a number. */
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      const label = button.querySelector("span");
      label.setAttribute("role", "status");
      label.textContent = words(button, "copied");
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  /* What is left of a limited text, said aloud only near the end. */
  for (const area of document.querySelectorAll("textarea[maxlength]")) {
    const counter = document.createElement("p");
    counter.className = "counter";
    area.after(counter);
    const count = () => {
      const left = area.maxLength - area.value.length;
      counter.textContent = `${area.value.length.toLocaleString(document.documentElement.lang)} / ${area.maxLength.toLocaleString(document.documentElement.lang)}`;
      counter.classList.toggle("is-near", left < area.maxLength * 0.1);
      counter.setAttribute("aria-live", left < area.maxLength * 0.1 ? "polite" : "off");
    };
    area.addEventListener("input", count);
    count();
  }

  /* A sentence beside a field, tied to it, where the server would say it. */
  const complain = (input, sentence) => {
    const id = `${input.id}_check`;
    let line = document.getElementById(id);
    if (!line) {
      line = document.createElement("p");
      line.id = id;
      line.className = "error";
      line.setAttribute("role", "alert");
      (input.closest(".drop") || input).before(line);
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${id}`.trim());
    }
    line.textContent = sentence;
    line.hidden = !sentence;
    if (!document.getElementById(`${input.id}_error`)) input.closest(".field")?.classList.toggle("is-wrong", Boolean(sentence));
    input.setAttribute("aria-invalid", String(Boolean(sentence)));
  };

  /* The name of a file without what could turn the text around: « exe.fdp » must not read as a PDF. */
  const labelOf = (file) => file.name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "");

  /* The file control in the words of the page: the browser's own speaks the language of the device. */
  for (const input of document.querySelectorAll("input[data-choose]")) {
    const part = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
    const zone = part("drop", "");
    const names = part("drop-names", "");
    input.before(zone);
    zone.append(input, part("drop-button", words(input, "choose")), names);
    const show = () => {
      const chosen = [...input.files].map((file) => Object.assign(document.createElement("bdi"), { textContent: labelOf(file) }));
      names.replaceChildren(...(chosen.length ? chosen : [part("drop-hint", words(input, "drop"))]));
    };
    for (const event of ["change", "leftout"]) input.addEventListener(event, show);
    show();
  }

  /* What the server said of the file before goes with it: beside the field, and from the summary. */
  const forget = (input) => {
    document.getElementById(`${input.id}_error`)?.remove();
    input.closest(".field")?.classList.remove("is-wrong");
    for (const link of document.querySelectorAll(`.error-summary a[href="#${input.id}"]`)) link.closest("li").remove();
    for (const summary of document.querySelectorAll(".error-summary")) if (!summary.querySelector("li")) summary.remove();
  };

  /* Files too large or too many are told before they travel; the server decides. */
  const checkFiles = (input) => {
    const chosen = [...input.files];
    const largest = Number(input.dataset.maxBytes) || Infinity;
    const most = Number(input.dataset.maxFiles) || Infinity;
    const large = chosen.find((file) => file.size > largest);
    const sentence = large ? `« \u2068${labelOf(large)}\u2069 » : ${words(input, "tooLarge")}` : chosen.length > most ? words(input, "tooMany") : "";
    complain(input, sentence);
    if (sentence) {
      /* What cannot go is not kept: a phone offers no way to take a file back, and one may go on without it. */
      const kept = new DataTransfer();
      if (chosen.length <= most) for (const file of chosen) if (file.size <= largest) kept.items.add(file);
      input.files = kept.files;
      input.dispatchEvent(new Event("leftout"));
    }
    return !sentence;
  };
  for (const input of document.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      if (input.files.length) forget(input);
      if (checkFiles(input) && input.files.length && "autoSend" in input.dataset) input.form.requestSubmit(input.form.querySelector("[data-send-files]"));
    });
    for (const [event, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
      input.addEventListener(event, () => input.classList.toggle("is-over", over));
    }
  }

  /* Sends a form with files and shows how far it is; when the connection fails, the browser tries in its own way. */
  const upload = (form, button) => {
    const address = new URL(form.getAttribute("action") || "", location.href).href.split("#")[0];
    const body = new FormData(form, button);
    const request = new XMLHttpRequest();
    const line = document.createElement("div");
    line.className = "upload-progress";
    line.setAttribute("role", "status");
    const bar = document.createElement("progress");
    bar.className = "bar";
    const text = document.createElement("p");
    text.textContent = words(form, "uploading");
    line.append(text, bar);
    const input = form.querySelector('input[type="file"]');
    (input?.closest(".drop") || input || form.lastElementChild).after(line);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.max = event.total;
      bar.value = event.loaded;
      if (event.loaded === event.total) text.textContent = words(form, "checking") || text.textContent;
    });
    const plainly = () => {
      line.remove();
      if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      HTMLFormElement.prototype.submit.call(form);
    };
    request.addEventListener("error", plainly);
    request.addEventListener("load", () => {
      /* Sent: go where the server says. A page with errors, or one that says to wait, is shown as it is. */
      const next = request.getResponseHeader("X-Next");
      if (next) {
        location.assign(next);
      } else {
        document.open();
        document.write(request.responseText);
        document.close();
      }
    });
    request.open("POST", address);
    request.setRequestHeader("X-Upload", "1");
    request.send(body);
  };

  /* One click sends once. The server is the guard; this only spares a doubt. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.classList.contains("is-sending")) {
      event.preventDefault();
      return;
    }
    const inputs = [...form.querySelectorAll('input[type="file"]')];
    const leaving = event.submitter?.formNoValidate;
    const wrong = leaving ? null : inputs.find((input) => !checkFiles(input));
    if (wrong) {
      event.preventDefault();
      wrong.focus();
      return;
    }
    /* Back opens this page again, even one that answered a form, where the browser would ask to send the form again;
       and the next page begins at its top, not at the field that the summary of errors led to. Who skipped to the
       contents once is kept there. */
    const skipped = location.hash === "#contenu" ? location.hash : "";
    history.replaceState(history.state, "", location.pathname + location.search + skipped);
    form.classList.add("is-sending");
    setTimeout(() => form.classList.remove("is-sending"), 15000);
    if (!leaving && "upload" in form.dataset && inputs.some((input) => input.files.length)) {
      event.preventDefault();
      upload(form, event.submitter);
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll(".is-sending")) form.classList.remove("is-sending");
  });
}
