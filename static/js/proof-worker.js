/* Looks for the number whose SHA-256 the server asked for, beside the page, which stays free for the person. */
"use strict";
{
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const solve = async (task) => {
    const encoder = new TextEncoder();
    for (let number = 0; number <= task.max_number; number += 1) {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(task.salt + number));
      if (hex(digest) === task.challenge) return number;
    }
    return null;
  };

  self.addEventListener("message", (event) => solve(event.data).then((number) => self.postMessage(number)));
}
