/* The proof of work of the last page: looks for the number whose SHA-256 the server asked for, while the person reads. */
"use strict";
{
  const form = document.querySelector("form[data-proof]");
  const line = form && form.querySelector(".proof");
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const solve = async (task) => {
    const encoder = new TextEncoder();
    for (let number = 0; number <= task.max_number; number += 1) {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(task.salt + number));
      if (hex(digest) === task.challenge) return number;
    }
    return null;
  };

  const prove = async () => {
    const task = JSON.parse(form.dataset.proof);
    line.textContent = line.dataset.working;
    const number = await solve(task);
    if (number === null) return;
    const { algorithm, challenge, salt, signature } = task;
    form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    line.textContent = line.dataset.done;
  };

  /* Only a secure page may hash; elsewhere the short wait of the server applies. */
  if (form && window.crypto && crypto.subtle) {
    const proved = prove();
    form.addEventListener("submit", (event) => {
      if (form.elements.proof.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      proved.then(() => form.requestSubmit());
    }, true);
  }
}
