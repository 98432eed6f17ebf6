// Choosing a time in the histogram: by dragging, or with the arrow keys, Shift and Enter.
import { announce, element, go } from "./shared.js";

export function setupBrush(figure) {
  const svg = figure.querySelector("svg");
  const bars = [...svg.querySelectorAll("g")];
  if (bars.length === 0) return;
  const from = Date.parse(figure.dataset.from), step = Number(figure.dataset.step);
  const bubble = element("div", { class: "bubble", hidden: "" });
  figure.append(bubble);
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("aria-description", "Arrow keys go from bar to bar, Shift with an arrow chooses several, Enter shows only these.");
  let anchor = null, focus = null, isDragging = false;

  const placeOf = event => {
    const box = svg.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor((event.clientX - box.left) / box.width * bars.length)));
  };

  function choose(first, last) {
    [anchor, focus] = [first, last];
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    bars.forEach((bar, place) => bar.classList.toggle("chosen", place >= low && place <= high));
    bubble.textContent = bars[last].dataset.title;
    bubble.hidden = false;
    const box = svg.getBoundingClientRect();
    bubble.style.left = `${Math.max(120, Math.min(box.width - 120, (last + .5) / bars.length * box.width)) + 14}px`;
  }

  function clear() {
    [anchor, focus, isDragging] = [null, null, false];
    bars.forEach(bar => bar.classList.remove("chosen"));
    bubble.hidden = true;
  }

  function finish() {
    const url = new URL(`${figure.dataset.path}?${figure.dataset.query}`, location.href);
    const iso = time => new Date(time).toISOString().replace(".000Z", "Z");
    url.searchParams.set("from", iso(from + Math.min(anchor, focus) * step));
    url.searchParams.set("to", iso(from + (Math.max(anchor, focus) + 1) * step));
    go(url.href);
  }

  svg.addEventListener("pointerdown", event => { if (event.button === 0) { isDragging = true; svg.setPointerCapture(event.pointerId); choose(placeOf(event), placeOf(event)); } });
  svg.addEventListener("pointermove", event => { const place = placeOf(event); if (isDragging) choose(anchor, place); else { choose(place, place); } });
  svg.addEventListener("pointerup", () => { if (isDragging) finish(); });
  svg.addEventListener("pointercancel", clear);
  svg.addEventListener("pointerleave", () => { if (!isDragging) clear(); });
  svg.addEventListener("blur", clear);
  svg.addEventListener("keydown", event => {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -bars.length, End: bars.length }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const next = focus === null ? bars.length - 1 : Math.max(0, Math.min(bars.length - 1, focus + move));
      choose(event.shiftKey && anchor !== null ? anchor : next, next);
      announce(bars[next].dataset.title);
    } else if (event.key === "Enter" && focus !== null) finish();
    else if (event.key === "Escape") clear();
  });
}
