/** A page with data-here says that it is open as often as data-every has it (milliseconds), and hears who else has the same open. Asked quietly: it keeps no session awake. */
export function here() {
  const said = document.querySelector("[data-here]");
  const token = document.querySelector("input[name=__RequestVerificationToken]");
  if (!said || !token) return;

  const ask = (leaves) => fetch(said.dataset.here, {
    method: "POST", body: new URLSearchParams({ [token.name]: token.value, leaves }), headers: { "Vs-Quiet": "1" }, redirect: "manual", cache: "no-store", keepalive: leaves,
  });
  const beat = async () => {
    if (document.hidden) return;
    const answer = await ask(false).catch(() => null);
    if (!answer?.ok) return;
    const heard = (await answer.json()).said;
    if (said.textContent !== heard) said.textContent = heard;
  };

  beat();
  setInterval(beat, +said.dataset.every);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => ask(true).catch(() => {}));
}
