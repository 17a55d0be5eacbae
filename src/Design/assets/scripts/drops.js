/** Menus in the header are plain <details>: Escape and a click elsewhere close them. */
export function drops() {
  const open = () => document.querySelectorAll("details.vs-drop[open]");

  document.addEventListener("click", (event) => {
    for (const drop of open()) if (!drop.contains(event.target)) drop.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of open()) {
      const inside = drop.contains(document.activeElement);
      drop.open = false;
      if (inside) drop.querySelector("summary").focus();
    }
  });
}
