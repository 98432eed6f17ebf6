// What every page does: theme, menus that close, and the parts that a page's own attributes ask for.
import { setCookie, getCookie, announce, element, offerZone } from "./shared.js";
import "./popovers.js";

const YEAR = 400 * 24 * 3600;
const root = document.documentElement;

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => button.setAttribute("aria-label", dark() ? "Change to the light theme" : "Change to the dark theme");
  label();
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    setCookie("domesday_theme", root.dataset.theme, YEAR);
    label();
    announce(`The theme is ${root.dataset.theme} now.`);
  });
}

for (const form of document.querySelectorAll("[data-submit-on-change]")) form.addEventListener("change", () => form.requestSubmit());

offerZone(document);

// A visit ends after half an hour without a page.
const now = Date.now(), seen = Number(getCookie("domesday_seen"));
if (seen && now - seen > 30 * 60 * 1000) setCookie("domesday_last_visit", new Date(seen).toISOString(), YEAR);
setCookie("domesday_seen", String(now), YEAR);

// What a form did before the page was shown anew.
const done = sessionStorage.getItem("domesday_done");
if (done) {
  sessionStorage.removeItem("domesday_done");
  const toast = element("p", { class: "toast" }, done);
  (document.querySelector("main") ?? document.body).append(toast);
  announce(done);
  setTimeout(() => toast.remove(), 4000);
}

if (document.querySelector("[data-events]")) import("./events.js");
if (document.querySelector("form[data-api]")) import("./forms.js");
if (document.querySelector("[data-verify]")) import("./verify.js");
if (document.querySelector("[data-usage]")) import("./usage.js");
if (document.querySelector("[data-sink-test], [data-replay]")) import("./sinks.js");
if (document.querySelector("[data-refresh]")) import("./refresh.js");
