/**
 * What is asked only with one answer appears when that answer is given. The base's own script is not used here:
 * it sets aria-expanded on radios, where it is not allowed.
 */
export function reveal() {
  const follow = (answer) => {
    const block = document.getElementById(answer.dataset.reveals);
    block.classList.toggle(`${block.classList[0]}--hidden`, !answer.checked);
  };
  const all = () => document.querySelectorAll("input[data-reveals]").forEach(follow);

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=radio], input[type=checkbox]")) all();
  });
  // Coming back through the history, a browser restores the answers after the page was built.
  addEventListener("pageshow", all);
  all();
}
