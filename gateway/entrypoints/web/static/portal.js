/* Progressive only: without this file every page still works, by links and forms.
   It asks how the code stands while it is being sent, and keeps a form from being sent twice. */
"use strict";
(function () {
  const text = document.getElementById("code-text");
  const frame = document.getElementById("code-state");
  const refresh = document.getElementById("refresh");
  let asked = 0;

  async function ask() {
    asked += 1;
    const answer = await fetch(text.dataset.source, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) { throw new Error("status " + answer.status); }
    const status = await answer.json();
    if (status.state !== text.dataset.state) {
      text.dataset.state = status.state;
      frame.className = "notice " + (status.waits ? "sending" : status.state);
      text.textContent = status.text;
    }
    return status.waits;
  }

  function watch() {
    ask().then(function (waits) {
      if (waits && asked < 60) {
        window.setTimeout(watch, asked < 10 ? 700 : 3000);
      } else if (waits) {
        refresh.hidden = false;
      }
    }).catch(function () { refresh.hidden = false; });
  }

  // The link to look again stands wherever the state may change by itself: while sending, calling, recording.
  if (text && refresh) {
    refresh.hidden = true;
    window.setTimeout(watch, 400);
  }

  // A one-time link is used up by a form, never by looking at it.
  const once = document.querySelector("form[data-auto-submit]");
  if (once) { window.setTimeout(function () { once.requestSubmit(); }, 50); }

  document.querySelectorAll("form").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      const button = form.querySelector("button");
      form.dataset.sent = "yes";
      button.setAttribute("aria-disabled", "true");
      // Whoever stopped the page from loading, or lost the network, may send it again.
      window.setTimeout(function () {
        delete form.dataset.sent;
        button.removeAttribute("aria-disabled");
      }, 10000);
    });
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });
}());
