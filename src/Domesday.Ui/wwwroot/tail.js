// Events as they come. The browser takes a lost connection up again behind the last event that it saw.
import { amount, announce, element, visible } from "./shared.js";

const ROWS_MAX = 2000;
const HELD_MAX = 5000;

export function setupTail(table) {
  const button = document.querySelector("[data-live]");
  const pause = document.querySelector("[data-live-pause]");
  if (!button || table.dataset.order !== "desc") return;
  const columns = [...table.tHead.rows[0].cells].map(cell => ({ ...cell.dataset }));
  const said = element("span", { class: "live-state", role: "status" });
  button.parentElement.append(said);
  button.hidden = false;
  let source = null, paused = false, held = [], body = null, shown = 0;

  function start() {
    // Only from now on: the rows below are what was there.
    source = new EventSource(button.dataset.live);
    body = element("tbody", { role: "rowgroup" });
    table.tBodies[0].before(body);
    source.onopen = () => { said.textContent = paused ? said.textContent : "Following"; };
    source.onerror = () => { said.textContent = source?.readyState === EventSource.CLOSED ? "The connection was refused." : "Connection lost: taking it up again …"; };
    source.onmessage = message => {
      const event = JSON.parse(message.data);
      if (/\.(list|get|facets|histogram|tail)$/.test(event.operation ?? "") && event.source_kind === "service" && !location.search.includes("reads=true")) return;
      if (!paused) return add(event);
      if (held.length < HELD_MAX) held.push(event);
      said.textContent = `Paused, ${amount(held.length)}${held.length === HELD_MAX ? " or more" : ""} waiting`;
    };
    button.setAttribute("aria-pressed", "true");
    pause.hidden = false;
    remember("true");
  }

  function stop() {
    source.close();
    source = null;
    held = [];
    setPaused(false);
    said.textContent = "";
    pause.hidden = true;
    button.setAttribute("aria-pressed", "false");
    remember(null);
  }

  function setPaused(value) {
    paused = value;
    pause.textContent = value ? "Go on" : "Pause";
    if (value) said.textContent = "Paused";
    else { for (const event of held) add(event); held = []; if (source) said.textContent = "Following"; }
    announce(value ? "Paused." : "Following.");
  }

  function add(event) {
    const row = element("tr", { role: "row", class: "fresh", "data-sequence": event.sequence });
    columns.forEach((column, place) => row.append(cellOf(event, column, place === 0)));
    body.prepend(row);
    shown++;
    if (!paused) said.textContent = `Following, ${amount(shown)} new`;
    while (body.rows.length > ROWS_MAX) body.rows[body.rows.length - 1].remove();
  }

  function cellOf(event, column, leads) {
    const text = visible(at(event, column.path) ?? (column.otherwise ? at(event, column.otherwise) : null) ?? "").slice(0, 200);
    const cell = element("td", { role: "cell", class: `cell-${column.form}` });
    const shownText = column.form === "time" && text ? element("time", { datetime: text, title: `${text} UTC` }, timeOf(text)) : column.form === "result" ? element("span", { class: `result ${/^[a-z]*$/.test(text) ? text : ""}` }, text) : element("bdi", {}, text || "–");
    cell.append(leads ? element("a", { href: table.dataset.eventPath + event.sequence + (table.dataset.tenant ? `?tenant=${encodeURIComponent(table.dataset.tenant)}` : "") }, shownText) : shownText);
    return cell;
  }

  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: table.dataset.zone === "UTC" ? "UTC" : table.dataset.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  const timeOf = text => format.format(new Date(text)).replace(",", ".");
  const remember = value => {
    const url = new URL(location.href);
    if (value) url.searchParams.set("live", value); else url.searchParams.delete("live");
    history.replaceState(null, "", url);
  };

  button.addEventListener("click", () => source ? stop() : start());
  pause.addEventListener("click", () => setPaused(!paused));
  if (button.getAttribute("aria-pressed") === "true") start();
}

function at(event, path) {
  let value = event;
  for (const name of path.split(".")) value = value?.[name];
  return value === undefined || value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value);
}
