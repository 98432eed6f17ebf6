// Forms that ask the native API: the same checks and the same errors as everybody gets, each beside its field.
import { announce, ask, element } from "./shared.js";

for (const form of document.querySelectorAll("form[data-api]")) form.addEventListener("submit", event => { event.preventDefault(); send(form, event.submitter); });

async function send(form, submitter) {
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  clear(form);
  const [method, url] = [form.dataset.method, form.dataset.api];
  let body = null;
  try {
    if (form.dataset.body !== "none") body = JSON.stringify(bodyOf(form, submitter));
  } catch (wrong) {
    return fail(form, { detail: "Nothing was sent.", errors: [{ field: wrong.field, reason: wrong.message }] });
  }
  if (submitter) submitter.disabled = true;
  try {
    const headers = body === null ? {} : { "Content-Type": "application/json" };
    if (form.dataset.version) headers["If-Match"] = `"${form.dataset.version}"`;
    const response = await ask(url, { method, body, headers });
    const answer = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) done(form, answer); else fail(form, answer, response.status);
  } catch {
    message(form, "The service did not answer: nothing is known to have changed. Try again.");
  }
  if (submitter) submitter.disabled = false;
}

/** Members by the fields' names; what is empty is left out, but of the kinds «whole» and «lines». */
export function bodyOf(form, submitter = null) {
  const body = {};
  const put = (name, value) => {
    const path = name.split("."), last = path.pop();
    path.reduce((part, step) => part[step] ??= {}, body)[last] = value;
  };
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.tagName === "FIELDSET" || (field.type === "submit" && field !== submitter)) continue;
    const kind = field.dataset.kind ?? "text", text = field.value.trim();
    if (kind === "flag") put(field.name, field.checked);
    else if (kind === "choice") { if (field.checked) (body[field.name] ??= []).push(field.value); }
    else if (kind === "null") { if (field.checked) put(field.name, null); }
    else if (kind === "bool") { if (text) body[field.name] = text === "true"; }
    else if (kind === "lines") put(field.name, text.split("\n").map(item => item.trim()).filter(item => item));
    else if (kind === "whole") put(field.name, text);
    else if (text === "") continue;
    else if (kind === "json") put(field.name, parsed(field, text));
    else if (kind === "number") put(field.name, Number.isFinite(Number(text)) ? Number(text) : text);
    else if (kind === "list") put(field.name, text.split(/[\n,]/).map(item => item.trim()).filter(item => item));
    else if (kind === "time") put(field.name, new Date(text).toISOString());
    else if (kind === "secret") put(field.name, field.value);
    else put(field.name, text);
  }
  return body;
}

/** What is no JSON is said beside the field, and nothing is sent. */
function parsed(field, text) {
  try { return JSON.parse(text); } catch (error) { throw new Wrong(field.name, `is not JSON: ${error.message}`); }
}

class Wrong extends Error {
  constructor(field, reason) {
    super(reason);
    this.field = field;
  }
}

function done(form, answer) {
  const secret = form.dataset.secret && answer?.[form.dataset.secret];
  if (secret) return reveal(form, secret);
  sessionStorage.setItem("domesday_done", form.dataset.done ?? "Done.");
  const next = form.dataset.next?.replace("{id}", encodeURIComponent(answer?.[form.dataset.id ?? "id"] ?? ""));
  if (next && next !== location.pathname + location.search) location.href = next;
  else location.reload();
}

/** A secret is shown once, until one leaves. */
function reveal(form, secret) {
  const box = element("div", { class: "notice good", role: "status", tabindex: "-1" },
    element("h2", {}, form.dataset.secretTitle ?? "It is made"),
    element("p", {}, "Copy it now: it is shown this once and kept nowhere."),
    element("p", {}, element("code", { class: "secret" }, secret)));
  const actions = element("p", { class: "actions" });
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => { await navigator.clipboard.writeText(secret); announce("Copied."); copy.textContent = "Copied"; });
  const close = element("button", { type: "button", class: "primary" }, "I have it");
  close.addEventListener("click", () => location.reload());
  actions.append(...(navigator.clipboard ? [copy] : []), close);
  box.append(actions);
  form.replaceWith(box);
  box.focus();
}

export function fail(form, answer, status) {
  let first = null;
  const rest = [];
  for (const fault of answer?.errors ?? []) {
    const field = fieldOf(form, (fault.field ?? "").replace(/\[\d+\]/g, ""));
    if (!field) { rest.push(`${fault.field ?? ""} ${fault.reason}`.trim()); continue; }
    const id = `${field.id || field.name}-error`;
    let said = document.getElementById(id);
    if (!said) {
      said = element("p", { class: "field-error", id });
      (field.closest(".field, fieldset") ?? field.parentElement).append(said);
    }
    // A reason is a sentence, or goes on from the field's name.
    const sentence = /^[A-Z]/.test(fault.reason) ? fault.reason
      : field.type === "checkbox" && /^is (missing|empty)/.test(fault.reason) ? "Choose at least one."
      : `${fault.field === field.name ? titleOf(field) : fault.field} ${fault.reason}`;
    said.textContent = said.textContent ? `${said.textContent}; ${sentence}` : sentence;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    first ??= field;
  }
  // What stands beside the fields is not said again.
  message(form, first && rest.length === 0 ? "Nothing was changed: what is wrong stands beside the fields." : [answer?.detail ?? `The service answered ${status}.`, ...rest].join(" "));
  (first ?? form.querySelector(".form-error")).focus();
}

/** What people read beside the field. */
function titleOf(field) {
  return field.labels?.[0]?.textContent.trim() || field.name;
}

/** The field of a fault: its own, or the one that it is a part of. */
function fieldOf(form, path) {
  for (let name = path; name; name = name.includes(".") ? name.replace(/\.[^.]*$/, "") : "") {
    const field = [...form.elements].find(one => one.name === name && one.type !== "hidden");
    if (field) return field;
  }
  return null;
}

function message(form, text) {
  const said = element("p", { class: "form-error", role: "alert", tabindex: "-1" }, text);
  form.append(said);
}

export function clear(form) {
  for (const said of form.querySelectorAll(".form-error, .field-error")) said.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
}
