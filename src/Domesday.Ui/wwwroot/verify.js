// «Verify now»: starts it, shows how far it is, and the result as the page shows it.
import { amount, announce, ask } from "./shared.js";

const PAUSE = 700;
const card = document.querySelector("[data-verify]");
const [button, bar, said] = [card.querySelector("[data-verify-now]"), card.querySelector("progress"), card.querySelector("[data-verify-result]")];

async function follow(response) {
  button.disabled = true;
  for (;;) {
    const run = await response.json();
    if (!response.ok) { said.textContent = run.detail ?? "It could not be started."; break; }
    if (run.state !== "running") { announce(run.state === "sound" ? "Verified: sound." : "Verified: broken."); location.reload(); return; }
    bar.hidden = false;
    bar.value = run.size ? run.checked / run.size : 1;
    said.textContent = `Reading ${amount(run.checked)} of ${amount(run.size)} events …`;
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    response = await ask(card.dataset.verify);
  }
  button.disabled = false;
}

button.addEventListener("click", async () => follow(await ask(card.dataset.verify, { method: "POST" })));
if (card.dataset.state === "running") ask(card.dataset.verify).then(follow);
