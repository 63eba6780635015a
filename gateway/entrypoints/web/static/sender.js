/* Progressive only: without this file every page works by links and forms.
   It shows how an upload goes, adds rows for people, follows a sending, and keeps forms from being sent twice. */
"use strict";
(function () {
  document.querySelectorAll("form").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      // What opens in a window of its own leaves this one as it is.
      if (event.submitter && event.submitter.formTarget === "_blank") { return; }
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      // Whoever stopped the page from loading, or lost the network, may send it again.
      window.setTimeout(function () { delete form.dataset.sent; }, 10000);
    });
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });

  // An upload with its progress: the same form, the same answer.
  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    const bar = form.querySelector("progress");
    const file = form.querySelector("input[type=file]");
    if (!bar || !file) { return; }
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented || !file.files.length || file.files[0].size < 500000) { return; }
      event.preventDefault();
      const request = new XMLHttpRequest();
      bar.parentElement.hidden = false;
      request.upload.addEventListener("progress", function (step) {
        if (step.lengthComputable) { bar.max = step.total; bar.value = step.loaded; }
      });
      request.addEventListener("load", function () {
        const moved = request.responseURL && request.responseURL !== new URL(form.action, location.href).href;
        if (moved) { window.location.assign(request.responseURL); return; }
        // A refusal is the form again, with what is wrong: send it once more without script.
        delete form.dataset.upload;
        HTMLFormElement.prototype.submit.call(form);
      });
      request.addEventListener("error", function () {
        bar.parentElement.hidden = true;
        delete form.dataset.sent;
        HTMLFormElement.prototype.submit.call(form);
      });
      request.open("POST", form.action);
      request.send(new FormData(form));
    });
  });

  // Another row for another person.
  const rows = document.getElementById("rows");
  const more = document.getElementById("more-rows");
  if (rows && more) {
    more.hidden = false;
    more.addEventListener("click", function () {
      const all = rows.querySelectorAll("fieldset");
      const number = all.length;
      const row = all[0].cloneNode(true);
      row.querySelectorAll(".field-problem").forEach(function (each) { each.remove(); });
      row.querySelectorAll("input, select, textarea").forEach(function (input) {
        input.id = input.id.replace(/-\d+$/, "-" + number);
        input.removeAttribute("aria-invalid");
        input.removeAttribute("autofocus");
        if (input.tagName === "SELECT") { input.selectedIndex = 0; } else { input.value = ""; }
        const told = input.getAttribute("aria-describedby");
        if (told) { input.setAttribute("aria-describedby", told.replace(/-\d+-(hint|problem)/g, "-" + number + "-$1")); }
      });
      row.querySelectorAll(".hint").forEach(function (hint) { hint.id = hint.id.replace(/-\d+-hint$/, "-" + number + "-hint"); });
      row.querySelectorAll("label").forEach(function (label) { label.htmlFor = label.htmlFor.replace(/-\d+$/, "-" + number); });
      const legend = row.querySelector("legend");
      legend.textContent = legend.dataset.text.replace("#", String(number + 1));
      rows.appendChild(row);
      row.querySelector("input").focus();
    });
  }

  // How a sending goes.
  const sending = document.getElementById("sending");
  if (sending) {
    const bar = sending.querySelector("progress");
    const text = document.getElementById("sending-count");
    const look = function () {
      fetch(sending.dataset.source, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
        if (!answer.ok) { throw new Error("status " + answer.status); }
        return answer.json();
      }).then(function (now) {
        bar.max = now.total; bar.value = now.done;
        text.textContent = now.done + " / " + now.total;
        if (now.over) { window.location.reload(); } else { window.setTimeout(look, 1500); }
      }).catch(function () { window.setTimeout(look, 8000); });
    };
    window.setTimeout(look, 1000);
  }
}());
