// Values of a field with how often they occur among the events that match, while one types.
import { amount, ask, element, visible } from "./shared.js";

export function setupCompletion(form) {
  const field = form.querySelector("[name=add_field]"), input = form.querySelector("[name=add_value]");
  const list = element("ul", { class: "suggestions", role: "listbox", id: "suggestions", "aria-label": "Values", hidden: "" });
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "suggestions"], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
  const known = new Map();
  let active = -1;

  async function values() {
    const name = field.value;
    if (!known.has(name)) {
      const url = new URL(form.dataset.complete, location.href);
      url.searchParams.set("fields", name);
      url.searchParams.set("limit", "500");
      show([], "Loading …");
      const response = await ask(url);
      if (!response.ok) return show([], "The values could not be loaded.");
      known.set(name, (await response.json())[name] ?? []);
    }
    const typed = input.value.trim().toLowerCase();
    const found = known.get(name).filter(item => item.value.toLowerCase().includes(typed)).slice(0, 60);
    show(found, found.length === 0 ? "No such value among these events; it is looked for as typed." : null);
  }

  function show(items, state) {
    active = -1;
    list.replaceChildren(...items.map((item, place) => {
      const option = element("li", { role: "option", id: `suggestion-${place}`, "aria-selected": "false" }, element("bdi", {}, visible(item.value).slice(0, 80)), element("span", { class: "count" }, amount(item.count)));
      option.addEventListener("pointerdown", event => { event.preventDefault(); take(item.value); });
      option.dataset.value = item.value;
      return option;
    }));
    if (state) list.append(element("li", { class: "state", role: "option", "aria-disabled": "true", "aria-selected": "false" }, state));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function take(value) {
    input.value = value;
    close();
    form.requestSubmit();
  }

  function move(step) {
    const options = [...list.querySelectorAll("li:not(.state)")];
    if (options.length === 0) return;
    active = (active + step + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  input.addEventListener("focus", values);
  input.addEventListener("input", values);
  input.addEventListener("blur", close);
  field.addEventListener("change", () => { input.value = ""; input.focus(); });
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) values(); else move(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) { event.preventDefault(); take(list.querySelectorAll("li:not(.state)")[active].dataset.value); }
  });
}
