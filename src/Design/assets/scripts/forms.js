/** Ctrl+Enter saves from anywhere in a form; a form under way is not sent a second time. */
export function forms() {
  const free = () => document.querySelectorAll("form[data-under]").forEach((form) => delete form.dataset.under);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form[method=post]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]:not(.govuk-button--warning)") ?? undefined);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.under === "way") event.preventDefault();
    else form.dataset.under = "way";
    // An answer that is a download leaves the page where it is: it may be asked for again.
    setTimeout(free, 8000);
  });

  // A page that comes back from the history may be sent again.
  addEventListener("pageshow", free);
  addEventListener("pagehide", free);
}
