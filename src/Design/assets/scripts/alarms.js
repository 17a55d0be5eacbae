/**
 * What every page of a zone warns of in red shows on pages that were opened before it began, and goes when it is over. The page asks once a minute, quietly,
 * so its asking keeps nobody signed in; without script it is seen on the next page.
 */
export function alarms() {
  const place = document.getElementById("vs-alarms");
  if (!place?.dataset.from) return;
  const every = 60_000;

  const ask = async () => {
    const answer = await fetch(place.dataset.from, { headers: { "Vs-Quiet": "1" }, cache: "no-store", redirect: "error" });
    if (!answer.ok) throw new Error("gone");
    const texts = await answer.json();
    const shown = [...place.querySelectorAll(".vs-alarm--everywhere")];
    for (const band of shown) if (!texts.includes(band.querySelector("strong").textContent)) band.remove();
    for (const text of texts) {
      if (shown.some((band) => band.querySelector("strong").textContent === text)) continue;
      const band = document.createElement("div");
      band.className = "vs-demo vs-alarm vs-alarm--everywhere";
      band.setAttribute("role", "status");
      band.append(Object.assign(document.createElement("strong"), { textContent: text }));
      place.append(band);
    }
  };
  // Signed out, or no network: it asks again, the page says the rest.
  const look = () => document.hidden || ask().catch(() => {});
  setInterval(look, every);
  document.addEventListener("visibilitychange", look);
}
