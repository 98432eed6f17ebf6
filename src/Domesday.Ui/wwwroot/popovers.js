// One menu at a time; Escape and a click elsewhere close it.
const popovers = () => document.querySelectorAll("details.popover[open]");

document.addEventListener("toggle", event => {
  if (!event.target.matches?.("details.popover") || !event.target.open) return;
  for (const other of popovers()) if (other !== event.target) other.open = false;
  const panel = event.target.lastElementChild;
  panel.style.left = "0";
  const beyond = panel.getBoundingClientRect().right - document.documentElement.clientWidth + 12;
  if (beyond > 0) panel.style.left = `${-beyond}px`;
}, true);
document.addEventListener("click", event => { for (const open of popovers()) if (!open.contains(event.target)) open.open = false; });
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const open of popovers()) { open.open = false; open.querySelector("summary").focus(); }
});
