// Which columns, in which order, how wide: kept in the URL, and for the next visit in a cookie.
import { announce, element, setCookie } from "./shared.js";

const YEAR = 400 * 24 * 3600;
const WIDTH_MIN = 50, WIDTH_MAX = 900, STEP = 10;

export function setupColumns(table) {
  const chooser = document.querySelector("[data-columns]");
  chooser?.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    const item = button.closest("li");
    if (button.dataset.move === "up") item.previousElementSibling?.before(item);
    if (button.dataset.move === "down") item.nextElementSibling?.after(item);
    if (button.dataset.move) { button.focus(); announce(`Place ${[...item.parentElement.children].indexOf(item) + 1}.`); }
    if (button.dataset.columnsApply !== undefined) {
      const chosen = [...chooser.querySelectorAll("li")].filter(line => line.querySelector("input").checked);
      show(chosen.map(line => line.dataset.width ? `${line.dataset.column}.${line.dataset.width}` : line.dataset.column).join("~"));
    }
    if (button.dataset.columnsReset !== undefined) show("");
  });

  function show(columns) {
    setCookie("domesday_columns", columns, columns ? YEAR : 0);
    const url = new URL(chooser.dataset.columns, location.href);
    if (columns) url.searchParams.set("columns", columns);
    location.href = url.href;
  }

  const heads = [...table.tHead.rows[0].cells];
  const widths = heads.map(head => Number(head.dataset.width));
  const lay = () => {
    table.style.setProperty("--columns", widths.map(width => `minmax(${width}px, ${width}fr)`).join(" "));
    table.style.setProperty("--table-width", `${widths.reduce((sum, width) => sum + width, 0)}px`);
  };
  const keep = () => {
    const columns = heads.map((head, place) => `${head.dataset.column}.${widths[place]}`).join("~");
    setCookie("domesday_columns", columns, YEAR);
    const url = new URL(location.href);
    url.searchParams.set("columns", columns);
    history.replaceState(null, "", url);
  };
  heads.forEach((head, place) => {
    const grip = element("span", { class: "grip", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": `Width of ${head.dataset.column.replaceAll("_", " ")}`, "aria-valuemin": WIDTH_MIN, "aria-valuemax": WIDTH_MAX, "aria-valuenow": widths[place] });
    const set = width => {
      widths[place] = Math.round(Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, width)));
      grip.setAttribute("aria-valuenow", widths[place]);
      lay();
    };
    let origin = null;
    grip.addEventListener("pointerdown", event => { origin = { x: event.clientX, width: head.getBoundingClientRect().width }; grip.setPointerCapture(event.pointerId); event.preventDefault(); });
    grip.addEventListener("pointermove", event => { if (origin) set(origin.width + event.clientX - origin.x); });
    grip.addEventListener("pointerup", () => { if (origin) keep(); origin = null; });
    grip.addEventListener("keydown", event => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      set(widths[place] + (event.key === "ArrowRight" ? STEP : -STEP));
      keep();
    });
    head.append(grip);
  });
}
