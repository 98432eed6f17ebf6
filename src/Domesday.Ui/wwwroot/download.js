// A download with its progress. What is cut off on the way is thrown away: it never looks complete.
import { amount, announce, ask, hasToken } from "./shared.js";

/** More than that goes straight to the browser's own downloads, which shows its bytes. */
const EVENTS_MAX = 300000;

export function setupDownload(panel) {
  const total = Number(panel.dataset.total);
  const progress = panel.querySelector("[data-download-progress]");
  if (!progress || total > EVENTS_MAX && !hasToken()) return;
  const [bar, said, cancel] = [progress.querySelector("progress"), progress.querySelector("span"), progress.querySelector("button")];
  let abort = null;
  cancel.addEventListener("click", () => abort?.abort());

  panel.addEventListener("click", async event => {
    const link = event.target.closest("a[data-format]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    abort?.abort();
    abort = new AbortController();
    progress.hidden = false;
    cancel.hidden = false;
    bar.value = 0;
    try {
      const response = await ask(link.href, { signal: abort.signal });
      if (!response.ok) throw new Error((await response.json()).detail);
      const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `events.${link.dataset.format}`;
      const file = await read(response);
      const address = URL.createObjectURL(file);
      const save = document.createElement("a");
      save.href = address;
      save.download = name;
      save.click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
      bar.value = 1;
      said.textContent = `${name} is saved: ${amount(file.size)} bytes.`;
    } catch (error) {
      said.textContent = error.name === "AbortError" ? "Cancelled: nothing is saved." : `The download was cut off and nothing is saved. ${error.message ?? ""}`;
    }
    cancel.hidden = true;
    announce(said.textContent);
  });

  async function read(response) {
    const parts = [], reader = response.body.getReader();
    let bytes = 0, lines = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.length;
      for (const byte of value) if (byte === 10) lines++;
      bar.value = total === 0 ? 1 : Math.min(.99, lines / total);
      said.textContent = `${amount(Math.min(lines, total))} of ${amount(total)} events, ${amount(bytes)} bytes`;
    }
    return new Blob(parts, { type: response.headers.get("Content-Type") ?? "" });
  }
}
