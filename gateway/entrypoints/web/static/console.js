// What the console does more where there is script; every page works without it.
"use strict";

// A form that was sent is not sent again while the answer is awaited.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
