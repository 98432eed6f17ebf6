// Further rows as one scrolls: the service renders them, a chunk for each request.
import { ask, announce } from "./shared.js";

export function setupRows(table) {
  const pager = document.querySelector("[data-pager]");
  const link = pager?.querySelector("a[rel=next]");
  if (!link) return;
  const state = pager.querySelector("[data-pager-state]");
  const base = new URL(table.dataset.rows, location.href);
  let busy = false;

  async function more() {
    const next = table.tBodies[table.tBodies.length - 1].dataset.next;
    if (busy || !next || document.querySelector("[data-live][aria-pressed=true]")) return;
    busy = true;
    state.textContent = "Loading further events …";
    try {
      base.searchParams.set("cursor", next);
      const response = await ask(base);
      if (!response.ok) throw new Error(String(response.status));
      const rows = new DOMParser().parseFromString(`<table>${await response.text()}</table>`, "text/html").querySelector("tbody");
      table.append(document.adoptNode(rows));
      state.textContent = "";
      if (rows.dataset.next) link.href = link.href.replace(/cursor=[^&]*/, `cursor=${encodeURIComponent(rows.dataset.next)}`);
      else { link.remove(); state.textContent = "These were all."; }
      announce(`${rows.rows.length} further events.`);
    } catch {
      // The link stays, and asks again.
      state.textContent = "Further events could not be loaded: try the button.";
    }
    busy = false;
  }

  link.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    more();
  });
  new IntersectionObserver(entries => { if (entries.some(entry => entry.isIntersecting)) more(); }, { rootMargin: "1200px" }).observe(pager);
}
