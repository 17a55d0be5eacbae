/**
 * What is typed in a form marked data-draft is saved on the server every ten seconds and on leaving, and nowhere in the browser. The form posts to its own page with a header;
 * the server answers where it is kept, over which version, and what to say. A form that is sent needs no saving: sending it throws the draft away.
 * A form with data-no-line is saved once more before it is sent, so that it only leaves over a line that holds: without one it stays open with all that was typed, and is sent when there is one.
 * Where the server says that this page is not its writer's any more, sending would only lose what was typed: it stays, to be copied.
 */
export function drafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
}

function keep(form) {
  const said = form.querySelector("[data-saved]");
  const box = (name) => form.querySelector(`input[name="${name}"]`);
  let typed = "typed" in form.dataset, saving = false, sent = false, failed = false, turn = 0, version = form.dataset.draft, waiting = null;

  const say = (text) => {
    said.classList.toggle("govuk-error-message", failed);
    if (said.textContent !== text) said.textContent = text;
  };
  const touched = () => [typed, sent] = [true, false];
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);

  // true: the server answered, whatever it said.
  const save = async (leaving) => {
    if (!typed || sent || (saving && !leaving)) return false;
    [typed, saving] = [false, true];
    box("vs-draft").value ||= box("vs-once").value;
    const body = filled(form);
    body.append("vs-version", version);
    body.append("vs-turn", turn = Math.max(turn + 1, Date.now()));
    try {
      const answer = await fetch(form.getAttribute("action") ?? location.pathname + location.search, {
        method: "POST", body, headers: { "Vs-Draft": "1" }, redirect: "manual", cache: "no-store", keepalive: leaving && body.toString().length < 60_000,
        signal: form.dataset.noLine && !leaving ? AbortSignal.timeout(20_000) : undefined,
      });
      // Refused or too long: tried again when something else stands there. A server that is away, or a session that ended: tried again by itself.
      if (!answer.ok) throw new Error("", { cause: answer });
      const kept = await answer.json();
      box("vs-draft").value = kept.draft;
      version = kept.version;
      failed = false;
      say(kept.said);
      return true;
    } catch (fault) {
      const answer = fault.cause instanceof Response ? fault.cause : null, line = answer !== null && answer.status < 500;
      [typed, failed] = [typed || !(line && answer.status >= 400), true];
      const refused = answer !== null && (answer.status === 403 || answer.status === 404);
      if (refused && waiting) waiting = null;
      say(refused && form.dataset.refused ? form.dataset.refused : !line && form.dataset.noLine ? (waiting ? form.dataset.notSent : form.dataset.noLine) : form.dataset.notSaved);
      return line;
    } finally {
      saving = false;
    }
  };

  // What was pressed is held until the line is known to hold; the page's own sending does the rest, with the form's one-time id: it arrives once.
  const send = async () => {
    if (!waiting) return;
    if (saving) return void setTimeout(send, 200);
    [typed, sent] = [true, false];
    if (!(await save(false)) || !waiting) return; // refused: nothing waits any more
    const pressed = waiting;
    [waiting, sent] = [null, true];
    form.dataset.lineHolds = "";
    form.requestSubmit(pressed.button);
  };
  if (form.dataset.noLine) {
    form.addEventListener("submit", (event) => {
      if ("lineHolds" in form.dataset) return void delete form.dataset.lineHolds;
      event.preventDefault();
      waiting = { button: event.submitter };
      send();
    });
    setInterval(() => waiting ? send() : failed && save(false), 3_000);
    addEventListener("online", () => waiting ? send() : save(false));
  }

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
