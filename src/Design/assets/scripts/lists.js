/**
 * A list that many write at once renews itself. The page asks quietly how often the list changed; where it rose, the list alone is read again and put in place of the old one,
 * unless somebody is in it. Without script it is read again with the next line that is saved.
 */
export function lists() {
  const every = 8_000;
  for (const list of document.querySelectorAll("[data-renews]")) {
    const look = async () => {
      if (document.hidden || !list.dataset.page || list.contains(document.activeElement)) return;
      const answer = await fetch(list.dataset.renews, { headers: { "Vs-Quiet": "1" }, cache: "no-store", redirect: "error" });
      if (!answer.ok || String((await answer.json()).mark) === list.dataset.mark) return;
      const page = await read(list.dataset.page);
      const fresh = page?.getElementById(list.id);
      if (!fresh || list.contains(document.activeElement)) return;
      list.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
      list.dataset.mark = fresh.dataset.mark;
    };
    // Signed out, ended, or no network: it asks again, the next page says the rest.
    setInterval(() => look().catch(() => {}), every);
  }
}

// The browser itself reads the answer as a document; no text becomes markup in this page.
function read(address) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.setRequestHeader("Vs-Quiet", "1");
    request.onloadend = () => done(request.status === 200 ? request.response : null);
    request.send();
  });
}
