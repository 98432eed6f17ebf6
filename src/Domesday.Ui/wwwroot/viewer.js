// The page that an application shows its customers in a frame. The token comes in the fragment of the address, which no server and no log sees, or from the page around, and is kept in this page's memory alone.
import { announce, ask, element, navigateBy, offerZone, presentToken } from "./shared.js";
import { setupRows } from "./rows.js";
import { setupBrush } from "./brush.js";
import { setupCompletion } from "./completion.js";
import { setupDownload } from "./download.js";
import "./popovers.js";

const main = document.querySelector("[data-viewer]"), base = main.dataset.viewer;
const isFramed = parent !== window;
let turn = 0;

/** Shows what an address stands for. */
async function show(url, { push = true, focus = true } = {}) {
  const mine = ++turn, key = url.searchParams.get("event"), query = new URLSearchParams(url.search);
  query.delete("event");
  query.delete("theme");
  main.setAttribute("aria-busy", "true");
  try {
    const response = await ask(`${base}/${key ? `event/${encodeURIComponent(key)}` : "part"}?${query}`);
    if (mine !== turn || response.status === 401) return;
    if (!response.ok && response.status !== 400) return say(response.status === 404 ? "There is no such event, or it is not shown here." : `The events cannot be shown now (${response.status}).`);
    const part = new DOMParser().parseFromString(await response.text(), "text/html");
    main.replaceChildren(...part.body.childNodes);
    const canonical = main.querySelector("[data-viewer-url]")?.dataset.viewerUrl;
    const theme = new URLSearchParams(location.search).get("theme");
    const address = new URL(canonical && !key ? canonical : url.pathname + url.search, location.href);
    if (theme) address.searchParams.set("theme", theme);
    if (push) history.pushState(null, "", address); else history.replaceState(null, "", address);
    set();
    if (focus) main.focus({ preventScroll: true });
    if (focus) scrollTo(0, 0);
    announce(main.querySelector("h1")?.textContent ?? "");
  } catch {
    if (mine === turn) say("The service did not answer.", "Try again");
  }
  main.setAttribute("aria-busy", "false");
}

/** What the parts need that are there now. */
function set() {
  const table = main.querySelector("[data-events]");
  if (table) setupRows(table);
  for (const figure of main.querySelectorAll(".histogram")) setupBrush(figure);
  for (const form of main.querySelectorAll("form[data-complete]")) setupCompletion(form);
  for (const panel of main.querySelectorAll("[data-download]")) setupDownload(panel);
  offerZone(main);
}

function say(text, again = null) {
  const notice = element("div", { class: "notice warning", role: "alert" }, element("h2", {}, text));
  if (again) {
    const button = element("button", { type: "button" }, again);
    button.addEventListener("click", () => show(new URL(location.href), { push: false }));
    notice.append(element("p", {}, button));
  }
  main.replaceChildren(element("h1", { class: "unseen" }, "Events"), notice);
  main.setAttribute("aria-busy", "false");
}

/** Without a token that is valid the page around is asked for one. */
function want() {
  say(isFramed ? "Your access has ended. Reload the page that shows this." : "This page is shown by an application, which brings the right to see it.");
  if (isFramed) parent.postMessage({ domesday_viewer: "token_wanted" }, "*");
}

function take(token) {
  presentToken(token, want);
  show(new URL(location.href), { push: false, focus: false });
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== base) return;
  event.preventDefault();
  show(url);
});

document.addEventListener("submit", event => {
  // The attributes: a field may be called action or method, and hide the properties.
  const [action, method] = [event.target.getAttribute("action"), event.target.getAttribute("method")];
  if (method !== "get" || action !== base) return;
  const url = new URL(action, location.href);
  event.preventDefault();
  url.search = new URLSearchParams(new FormData(event.target));
  show(url);
});

addEventListener("popstate", () => show(new URL(location.href), { push: false }));

// Who may be around this page is in its content policy; nobody else's message counts.
addEventListener("message", event => {
  if (isFramed && event.source === parent && typeof event.data?.domesday_viewer_token === "string") take(event.data.domesday_viewer_token);
});

navigateBy(url => show(new URL(url)));
const brought = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname + location.search);
if (brought) take(brought); else want();
