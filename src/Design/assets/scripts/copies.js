/** A button that copies the text of a field. Without script it is not there, and the text can be selected. */
export function copies() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    if (!field || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      const said = button.parentElement.querySelector("[data-copied-here]");
      if (said) said.textContent = button.dataset.copied;
    });
  }
}
