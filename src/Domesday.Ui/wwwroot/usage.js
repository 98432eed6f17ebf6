// Counts the resources of a usage report while one looks at the rest, says how far it is, and stops when one has seen enough.
import { amount, announce, ask } from "./shared.js";

const box = document.querySelector("[data-usage]");
const [said, bar, stop, start] = [box.querySelector("[data-usage-said]"), box.querySelector("progress"), box.querySelector("[data-usage-stop]"), box.querySelector("[data-usage-start]")];
const total = Number(box.dataset.total);
let abort = null;

async function count() {
  abort = new AbortController();
  running(true);
  let read = 0;
  try {
    const response = await ask(box.dataset.usage, { signal: abort.signal });
    if (!response.ok) throw new Error((await response.json()).detail);
    for await (const line of lines(response)) {
      if (line.problem) throw new Error(line.problem);
      if (line.report) { fill(line.report); box.remove(); announce("The resources are counted."); return; }
      read = line.read;
      bar.value = line.total ? Math.min(1, read / line.total) : 0;
      said.textContent = `Counting resources: ${amount(read)} of ${amount(line.total)} events are read.`;
    }
    throw new Error("The answer was cut off.");
  } catch (error) {
    said.textContent = error.name === "AbortError" ? `Stopped after ${amount(read)} of ${amount(total)} events: resources are not counted. Choose a shorter time, or count them all.` : `Resources could not be counted. ${error.message ?? ""}`;
    announce(said.textContent);
    const held = document.activeElement === stop;
    running(false);
    if (held) start.focus();
  }
}

function running(is) {
  [bar.hidden, stop.hidden, start.hidden] = [!is, !is, is];
  if (is) bar.value = 0;
}

async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "";;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

/** All numbers come from the one report, so that they agree with each other. */
function fill(report) {
  const rows = new Map(report.rows.map(row => [row.key, row]));
  for (const shown of document.querySelectorAll("[data-usage-key]")) write(shown, rows.get(shown.dataset.usageKey));
  write(document.querySelector("[data-usage-sum]"), report.total);
  document.querySelector("[data-usage-total='events']").textContent = amount(report.total.events);
  document.querySelector("[data-usage-total='resources']").textContent = resources(report.total);
}

function write(shown, row) {
  if (!row) return;
  for (const cell of shown.querySelectorAll("[data-usage-cell]")) cell.textContent = cell.dataset.usageCell === "resources" ? resources(row) : amount(row[cell.dataset.usageCell]);
}

const resources = row => (row.estimated ? "≈ " : "") + amount(row.resources);

stop.addEventListener("click", () => abort?.abort());
start.addEventListener("click", () => { count(); stop.focus(); });
count();
