// The pages for anybody work without this; it makes leaving quicker.
const way = document.getElementById("vs-leave");
if (way) leaving(way, document.getElementById("vs-leave-said"));

reads(document.querySelector(".govuk-error-summary"));
answering();

/** What went wrong, or what has come, is read first. */
function reads(part) {
  if (!part) return;
  part.tabIndex = -1;
  part.focus();
}

/** The answer to a form takes the place of the page. Asked for by the browser itself it would stand in the history as something to be sent again: after leaving, Back would ask for that, under our address. */
function answering() {
  const main = () => document.getElementById("main");
  let busy = false, before; // before: the questions as they were filled in, while their check is shown

  document.addEventListener("submit", (event) => {
    const { target: form, submitter: press } = event;
    // A page that is only looked at before it is published has staff's buttons; which button it was, an old browser alone knows.
    if (form.method !== "post" || !document.body.dataset.away || !("submitter" in event)) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const to = new URL(press?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href.split("#")[0]), line = new XMLHttpRequest();
    line.open("POST", to);
    line.responseType = "document";
    line.timeout = 30000;
    line.onload = () => shows(line.response, line.status < 300, form, to.hash);
    line.onerror = line.ontimeout = () => says(document.body.dataset.away);
    line.onloadend = () => { busy = false; };
    line.send(new URLSearchParams(new FormData(form, press)));
  });

  // Back from the check to the questions. A link within the page is no way back.
  addEventListener("popstate", () => {
    if (before?.hash !== location.hash) return;
    main()?.replaceWith(before.page);
    before = undefined;
  });

  function shows(answer, isWell, form, hash) {
    const [now, next] = [main(), answer?.getElementById("main")];
    if (!now) return; // somebody has left meanwhile
    if (!next) return says(document.body.dataset.away);
    const faults = [...next.querySelectorAll("[data-fault]")];
    if (faults.length) return says(faults.map((fault) => fault.textContent).join(" ")); // what was filled in stays where it is
    before = isWell && "back" in form.dataset ? { page: now, hash: location.hash } : undefined;
    if (before) history.pushState(null, "", "#check");
    now.replaceWith(document.importNode(next, true));
    document.title = answer.title;
    if (hash) location.replace(hash);
    else scrollTo(0, 0);
    reads(main().querySelector(".govuk-error-summary, [role=alert]") ?? main().querySelector("h1"));
  }

  function says(words) {
    const note = document.createElement("p");
    note.className = "govuk-inset-text vs-away";
    note.setAttribute("role", "alert");
    note.textContent = words;
    document.querySelector(".vs-away")?.remove();
    main()?.prepend(note);
    reads(note);
  }
}

function leaving(way, said) {
  const { href, dataset: words } = way;
  let gone = false;

  // The words are taken off the page before anything is asked of the line: nothing is left to be seen, kept alive or gone back to.
  const leave = () => {
    gone = true;
    document.title = words.title;
    const sign = document.createElement("p");
    sign.className = "vs-gone";
    sign.setAttribute("role", "status");
    sign.textContent = words.wait;
    document.body.replaceChildren(sign);
    location.replace(href);
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leaves]")) return;
    event.preventDefault();
    leave();
  });

  shift(leave, said, words);

  // The browser kept this page alive, or it lay in another tab, while somebody left by another: it leaves as well.
  const left = () => document.cookie.split("; ").includes("r=1");
  addEventListener("pageshow", (event) => { if (event.persisted && (gone || left())) leave(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !gone && left()) leave(); });
}

/** Shift alone, three times within five seconds. A capital letter is no such press. */
function shift(leave, said, words) {
  const within = 5000;
  let presses = 0, alone = false, timer;

  const over = () => {
    presses = 0;
    said.textContent = words.again;
  };
  const not = () => { alone = false; };
  addEventListener("pointerdown", not);
  addEventListener("keydown", (event) => { if (!event.repeat) alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey; });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    if (presses === 1) timer = setTimeout(over, within);
    if (presses < 3) {
      said.textContent = presses === 1 ? words.two : words.one;
      return;
    }
    clearTimeout(timer);
    leave();
  });
}
