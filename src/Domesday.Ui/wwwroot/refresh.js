// Keeps the figures of a page new: asks for the page again and puts its parts in place of the old ones.
const parts = [...document.querySelectorAll("[data-refresh]")];
const seconds = Math.min(...parts.map(part => Number(part.dataset.refresh)));

setInterval(async () => {
  // Nobody looks, or somebody is in it with the keyboard or marks text to copy.
  if (document.hidden || parts.some(part => part.contains(document.activeElement)) || !getSelection().isCollapsed) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelectorAll("[data-refresh]");
    if (fresh.length !== parts.length) return;
    parts.forEach((part, index) => { if (part.innerHTML !== fresh[index].innerHTML) part.replaceChildren(...fresh[index].childNodes); });
  } catch { /* The next turn tries again. */ }
}, seconds * 1000);
