/* Progressive only: without this file the page's own button asks whether the signed document has arrived. */
"use strict";
(function () {
  const state = document.getElementById("program-state");
  const form = document.getElementById("arrived-form");
  let asked = 0;

  async function ask() {
    asked += 1;
    const answer = await fetch(state.dataset.source, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) { throw new Error("status " + answer.status); }
    return (await answer.json()).state;
  }

  function watch() {
    ask().then(function (word) {
      if (word === "arrived") {
        form.requestSubmit();
      } else if (word === "over") {
        window.location.reload();
      } else if (asked < 300) {
        window.setTimeout(watch, asked < 30 ? 1000 : 3000);
      }
    }).catch(function () { /* The button is there. */ });
  }

  if (state && form) { window.setTimeout(watch, 1000); }
}());
