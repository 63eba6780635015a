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

// What tells how far something is is fetched again while it goes on: ten minutes at most, lest a page that was
// forgotten keep its session alive for ever.
function follow(part, rounds) {
  const seconds = Number(part.dataset.refresh);
  if (!seconds || rounds * seconds > 600) return;
  setTimeout(async () => {
    // Nobody looks, or somebody is busy in it.
    if (document.hidden || part.contains(document.activeElement)) return follow(part, rounds + 1);
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (!fresh) return;
      part.replaceWith(fresh);
      follow(fresh, rounds + 1);
    } catch {
      follow(part, rounds + 1);
    }
  }, seconds * 1000);
}
for (const part of document.querySelectorAll("[data-refresh]")) follow(part, 0);
