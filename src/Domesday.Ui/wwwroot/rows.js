// Further rows as one scrolls: the service renders them, a chunk for each request.
import { ask, announce } from "./shared.js";

export function setupRows(table) {
  const folds = foldAway(table);
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
      folds.observe(rows);
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

/** Rows far from what is seen are taken out of the page and put back when one comes near: it stays as quick after ten thousand rows as after a hundred. */
function foldAway(table) {
  const kept = new Map();
  const unfold = body => {
    if (!kept.has(body)) return;
    body.append(kept.get(body));
    kept.delete(body);
    body.style.height = "";
  };
  const observer = new IntersectionObserver(entries => {
    for (const { target: body, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting) unfold(body);
      else if (!kept.has(body) && body.rows.length > 0 && !body.contains(document.activeElement) && !getSelection().containsNode(body, true)) {
        body.style.height = `${boundingClientRect.height}px`;
        const rows = document.createDocumentFragment();
        rows.append(...body.rows);
        kept.set(body, rows);
      }
    }
  }, { rootMargin: "4000px 0px" });
  for (const body of table.tBodies) observer.observe(body);
  addEventListener("beforeprint", () => { for (const body of [...kept.keys()]) unfold(body); });
  return observer;
}
