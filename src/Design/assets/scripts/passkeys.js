/**
 * A passkey is made or shown by the browser; the form only carries the answer. The challenge stands in the form, from the server.
 * On the sign-in page the browser offers passkeys in the e-mail field by itself. Without script, or in a browser without passkeys, the forms stay hidden or plain.
 */
export function passkeys() {
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!forms.length || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  document.documentElement.classList.add("vs-passkeys");
  let waiting;

  const ask = async (form, mediation) => {
    waiting?.abort();
    waiting = new AbortController();
    const options = JSON.parse(form.dataset.options);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), signal: waiting.signal })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), mediation, signal: waiting.signal });
    form.querySelector("[data-answer]").value = JSON.stringify(credential);
    if (form.dataset.action) form.action = form.dataset.action;
    form.requestSubmit();
  };

  for (const form of forms) {
    const failed = form.querySelector("[data-failed]");
    const pressed = () => {
      failed.hidden = true;
      ask(form, "optional").catch((fault) => {
        if (fault.name !== "AbortError") failed.hidden = false;
      });
    };
    const button = form.querySelector("[data-ask]");
    if (button) button.addEventListener("click", pressed);
    else form.addEventListener("submit", (event) => {
      // Without a name none is made: the server says so.
      if (form.querySelector("[data-answer]").value || form.querySelector("input[type=text]")?.value.trim() === "") return;
      event.preventDefault();
      pressed();
    });
    if (form.dataset.conditional && PublicKeyCredential.isConditionalMediationAvailable) {
      PublicKeyCredential.isConditionalMediationAvailable().then((can) => can && ask(form, "conditional")).catch(() => {});
    }
  }
}
