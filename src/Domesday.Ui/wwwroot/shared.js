// What several scripts need.

export function setCookie(name, value, seconds) {
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
}

export function getCookie(name) {
  const found = document.cookie.split("; ").find(pair => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

/** Says something to those who listen to the page. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

export const amount = number => Number(number).toLocaleString("en-US");

/** Makes an element: attributes by name, then children; texts become text nodes and never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Control and format characters as their code points, as the service shows them. */
export const visible = text => String(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, letter => `⟨U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

let bearer = null, ended = () => location.reload(), navigate = url => { location.href = url; };

/** From now on a token is shown with each request, in its header, and no cookie is. */
export function presentToken(token, whenEnded) {
  [bearer, ended] = [token, whenEnded];
}

export const hasToken = () => bearer !== null;

/** Goes to another address of the same page. */
export const go = url => navigate(url);

export function navigateBy(how) {
  navigate = how;
}

/** Asks the service; a session that has ended shows the form for signing in, in this place. */
export async function ask(url, options = {}) {
  const shown = bearer === null ? { credentials: "same-origin" } : { credentials: "omit", headers: { Authorization: `Bearer ${bearer}` } };
  const response = await fetch(url, { ...shown, ...options });
  if (response.status === 401) ended();
  return response;
}

/** Offers times in the browser's own zone. */
export function offerZone(within) {
  for (const link of within.querySelectorAll("[data-local-zone]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === "UTC" || within.querySelector(`.zone-switch a[aria-current][href*="${CSS.escape(encodeURIComponent(zone))}"]`)) continue;
    const url = new URL(link.href);
    url.searchParams.set("zone", zone);
    link.href = url.href;
    link.textContent = zone.replaceAll("_", " ");
    link.hidden = false;
  }
}
