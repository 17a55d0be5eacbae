/** An answer to what was posted takes the address at which the same is asked again, so that the way back to it does not ask to post it anew. */
export function address() {
  const own = document.querySelector("[data-address]")?.dataset.address;
  if (own) history.replaceState(history.state, "", own);
}
