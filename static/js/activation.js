/* Comfort only: step 5 notices that the link was opened elsewhere. « Suivant » does the same without this file. */
"use strict";
{
  const EVERY = 5_000; // ms
  const LONGEST = 600_000; // ms
  const began = Date.now();
  let asking = false;

  /* Once there is nothing to wait for, the page answers with a redirection: follow it by loading it again. */
  const look = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") location.assign(location.href);
    } catch {
      /* The connection is away for a moment. */
    }
    asking = false;
  };
  const timer = setInterval(() => (Date.now() - began > LONGEST ? clearInterval(timer) : look()), EVERY);
  document.addEventListener("visibilitychange", look);
}
