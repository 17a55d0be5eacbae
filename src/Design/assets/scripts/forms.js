/** Ctrl+Enter saves from anywhere in a form; a form under way is not sent a second time. */
export function forms() {
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
  });

  // A page that comes back from the history may be sent again; so may one whose answer was a download.
  const free = () => document.querySelectorAll("form[data-under]").forEach((form) => delete form.dataset.under);
  addEventListener("pageshow", free);
  addEventListener("pagehide", free);
}
