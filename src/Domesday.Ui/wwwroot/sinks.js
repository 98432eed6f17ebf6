// A sink: what a test was answered, and sending again, which asks first.
import { amount, announce, ask, element } from "./shared.js";
import { bodyOf, clear, fail } from "./forms.js";

for (const place of document.querySelectorAll("[data-sink-test]")) {
  const [button, said] = [place.querySelector("button"), place.querySelector("[data-sink-answer]")];
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.replaceChildren("Waiting for the receiver …");
    try {
      const response = await ask(place.dataset.sinkTest, { method: "POST" });
      const answer = await response.json();
      const answers = answer?.answers ?? [answer];
      const text = response.ok ? answers.map(one => one.answer).join("; ") : answer.detail;
      const accepted = response.ok && answers.every(one => one.accepted);
      said.replaceChildren(element("span", { class: `result ${accepted ? "good" : "bad"}` }, accepted ? "accepted" : "not accepted"), " ", element("bdi", {}, text ?? ""));
    } catch {
      said.replaceChildren("The service did not answer. Try again.");
    }
    button.disabled = false;
  });
}

for (const form of document.querySelectorAll("[data-replay]")) form.addEventListener("submit", event => { event.preventDefault(); replay(form); });

async function replay(form) {
  clear(form);
  const what = form.elements.what.value, fields = bodyOf(form), body = {};
  if (what === "rejected") body.rejected = true;
  else if (fields[what] === undefined) return fail(form, { detail: "Nothing was sent.", errors: [{ field: what, reason: "Say since when." }] });
  else body[what] = fields[what];
  if (what === "from_sequence" && fields.to_sequence !== undefined) body.to_sequence = fields.to_sequence;
  const asked = await post(form, { ...body, dry_run: true });
  if (!asked) return;
  if (asked.events === 0) return fail(form, { detail: "There is nothing to send again: no event that the filter wants." });
  if (!confirm(`Send ${amount(asked.events)} ${asked.events === 1 ? "event" : "events"} to ${form.dataset.sink} once more?`)) return;
  const started = await post(form, body);
  if (!started) return;
  sessionStorage.setItem("domesday_done", `${amount(started.events)} ${started.events === 1 ? "event is" : "events are"} sent again.`);
  announce("Started.");
  location.reload();
}

async function post(form, body) {
  const response = await ask(form.dataset.replay, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  fail(form, answer, response.status);
  return null;
}
