const off = "keys-off";

/** One key is one act, where the page names it with aria-keyshortcuts. Each person can turn this off (WCAG 2.1.4). */
export function keys() {
  const sheet = document.getElementById("vs-keys");
  const choice = sheet?.querySelector("input[type=checkbox]");
  const opener = document.querySelector("[data-opens=vs-keys]");
  if (!sheet || !choice || !opener) return;

  const show = () => {
    list(sheet.querySelector("dl"));
    choice.checked = localStorage.getItem(off) === null;
    sheet.showModal();
  };

  opener.hidden = false;
  opener.addEventListener("click", show);
  choice.addEventListener("change", () => choice.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1"));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (localStorage.getItem(off) !== null || sheet.open || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      show();
      return;
    }

    if (event.key === "j" || event.key === "k") step(event, event.key === "j" ? 1 : -1);
    const target = [...named()].find((element) => element.getAttribute("aria-keyshortcuts") === event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (!target.matches("input, textarea, select")) target.click();
  });
}

/** j and k go from row to row of a table, to the link it begins with. */
function step(event, by) {
  const links = [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  event.preventDefault();
  const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  links[Math.min(Math.max(now + by, 0), links.length - 1)].focus();
}

const named = () => document.querySelectorAll("[aria-keyshortcuts]");

const typing = (element) => element.isContentEditable || element.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");

function list(rows) {
  for (const old of rows.querySelectorAll("[data-found]")) old.remove();
  for (const element of named()) {
    const key = element.getAttribute("aria-keyshortcuts");
    const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
    if (!/^\S$/.test(key)) continue;
    rows.append(row(key, name.trim()));
  }
}

function row(key, name) {
  const box = document.createElement("div");
  const sign = document.createElement("dt");
  const stroke = document.createElement("kbd");
  const text = document.createElement("dd");
  box.dataset.found = "";
  stroke.textContent = key;
  text.textContent = name;
  sign.append(stroke);
  box.append(sign, text);
  return box;
}
