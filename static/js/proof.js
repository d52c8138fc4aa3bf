/* The proof of work of a page: a worker looks for the number that the server asked for, while the person reads. */
"use strict";
{
  const form = document.querySelector("form[data-proof]");
  const line = form && form.querySelector(".proof");
  const address = document.currentScript.dataset.worker;

  /* Resolves to the number, or to null where the browser lets no worker run. */
  const solve = (task) => new Promise((resolve) => {
    const worker = new Worker(address);
    const finish = (number) => {
      worker.terminate();
      resolve(number);
    };
    worker.addEventListener("message", (event) => finish(event.data));
    worker.addEventListener("error", () => finish(null));
    worker.postMessage(task);
  });

  const prove = async () => {
    const task = JSON.parse(form.dataset.proof);
    line.textContent = line.dataset.working;
    const number = await solve(task);
    line.textContent = number === null ? "" : line.dataset.done;
    if (number === null) return;
    const { algorithm, challenge, salt, signature } = task;
    form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
  };

  /* Only a secure page may hash; elsewhere, and without a worker, the short wait of the server applies. */
  if (form && window.Worker && window.crypto && crypto.subtle) {
    let ended = false;
    const proved = prove().finally(() => { ended = true; });
    form.addEventListener("submit", (event) => {
      if (ended) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      proved.finally(() => form.requestSubmit());
    }, true);
  }
}
