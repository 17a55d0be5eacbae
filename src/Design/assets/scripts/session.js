/**
 * Two minutes before a session ends for want of use a dialog says so and offers to stay. When it has ended the page is covered, not lost:
 * whoever signs in again, in another tab, finds here what was typed. The page asks quietly, so its asking keeps nothing awake.
 */
export function session() {
  const said = document.getElementById("vs-session");
  if (!said) return;
  const [soon, over] = [document.getElementById("vs-session-soon"), document.getElementById("vs-session-over")];
  const early = 120_000;
  let ends = 0, last = false, timer;

  const know = (left, isLast) => { ends = Date.now() + left * 1000; last = isLast; };
  const show = (dialog) => {
    for (const other of [soon, over]) if (other !== dialog && other.open) other.close();
    if (dialog && !dialog.open) dialog.showModal();
  };
  const ask = async (quiet) => {
    const answer = await fetch("/account/session", { headers: quiet ? { "Vs-Quiet": "1" } : {}, cache: "no-store" });
    const { left, last: isLast } = await answer.json();
    know(left, isLast);
  };
  const look = async () => {
    clearTimeout(timer);
    // Another tab may have been used meanwhile.
    if (ends - Date.now() <= early + 1000) await ask(true).catch(() => {});
    const left = ends - Date.now();
    if (left <= 0) show(over);
    else if (left <= early + 1000) show(soon);
    else show(null);
    soon.querySelector("[data-stay]").hidden = last;
    if (left > 0) timer = setTimeout(look, left > early + 1000 ? left - early : left + 500);
  };

  know(Number(said.dataset.left), said.dataset.last === "true");
  soon.querySelector("[data-stay]").addEventListener("click", () => ask(false).then(look));
  soon.querySelector("[data-close]").addEventListener("click", () => soon.close());
  over.addEventListener("cancel", (event) => event.preventDefault());
  over.querySelector("a").href = "/account/enter?to=" + encodeURIComponent(location.pathname);
  // Whoever comes back to this page may have signed out, or in again, in another.
  const back = () => ask(true).catch(() => {}).then(look);
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", () => document.hidden || back());
  look();
}
