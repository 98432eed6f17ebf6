// The page of events: endless rows, live tail, brushing, columns, completion, downloads.
import { setupRows } from "./rows.js";
import { setupTail } from "./tail.js";
import { setupBrush } from "./brush.js";
import { setupColumns } from "./columns.js";
import { setupCompletion } from "./completion.js";
import { setupDownload } from "./download.js";

// Office hours are those of the reader's own place.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const link of document.querySelectorAll("a[data-own-zone]")) {
  const url = new URL(link.href);
  if (zone) url.searchParams.set("zone", zone);
  link.href = url.href;
}

const table = document.querySelector("[data-events]");
setupRows(table);
setupTail(table);
setupColumns(table);
for (const figure of document.querySelectorAll(".histogram")) setupBrush(figure);
for (const form of document.querySelectorAll("form[data-complete]")) setupCompletion(form);
for (const panel of document.querySelectorAll("[data-download]")) setupDownload(panel);
