/**
 * What is typed in a form marked data-draft is saved on the server every ten seconds and on leaving, and nowhere in the browser. The form posts to its own page with a header;
 * the server answers where it is kept, over which version, and what to say. A form that is sent needs no saving: sending it throws the draft away.
 */
export function drafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
}

function keep(form) {
  const said = form.querySelector("[data-saved]");
  const box = (name) => form.querySelector(`input[name="${name}"]`);
  let typed = "typed" in form.dataset, saving = false, sent = false, failed = false, turn = 0, version = form.dataset.draft;

  const say = (text) => {
    said.classList.toggle("govuk-error-message", failed);
    if (said.textContent !== text) said.textContent = text;
  };
  const touched = () => [typed, sent] = [true, false];
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);

  const save = async (leaving) => {
    if (!typed || sent || (saving && !leaving)) return;
    [typed, saving] = [false, true];
    box("vs-draft").value ||= box("vs-once").value;
    const body = filled(form);
    body.append("vs-version", version);
    body.append("vs-turn", turn = Math.max(turn + 1, Date.now()));
    try {
      const answer = await fetch(form.getAttribute("action") ?? location.pathname + location.search, {
        method: "POST", body, headers: { "Vs-Draft": "1" }, redirect: "manual", cache: "no-store", keepalive: leaving && body.toString().length < 60_000,
      });
      // Refused or too long: tried again when something else stands there. A server that is away, or a session that ended: tried again by itself.
      if (!answer.ok) throw new Error("", { cause: answer.status >= 400 && answer.status < 500 });
      const kept = await answer.json();
      box("vs-draft").value = kept.draft;
      version = kept.version;
      failed = false;
      say(kept.said);
    } catch (fault) {
      [typed, failed] = [typed || fault.cause !== true, true];
      say(form.dataset.notSaved);
    } finally {
      saving = false;
    }
  };

  setInterval(save, 10_000, false);
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  // Sent, or thrown away: what is on its way to the server is not saved beside it.
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && (event.target === form || "away" in event.target.dataset)) sent = true;
  });
  // Only a text that could not be saved is lost by leaving.
  addEventListener("beforeunload", (event) => { if (failed && !sent) event.preventDefault(); });
}

function filled(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  for (const name of new Set([...form.querySelectorAll("input[type=checkbox]")].map((one) => one.name))) if (name && !body.has(name)) body.append("vs-unticked", name);
  for (const secret of form.querySelectorAll("input[type=password]")) body.delete(secret.name);
  return body;
}
