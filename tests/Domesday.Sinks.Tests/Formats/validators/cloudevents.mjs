// Reads each line as CloudEvents' own library reads a request's body, which validates it; then holds its texts against the types of the specification, which the library does not look at.
import { readFile } from "node:fs/promises";
import { HTTP } from "cloudevents";

const forbidden = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const lines = (await readFile(process.argv[2], "utf8")).split("\n").filter(Boolean);
for (const line of lines) {
  const event = HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body: line });
  if (!event.validate()) throw new Error(`not valid: ${line}`);
  for (const name of ["id", "type", "source", "subject", "sequence", "datacontenttype"]) {
    if (event[name] !== undefined && (event[name] === "" || forbidden.test(event[name]))) throw new Error(`${name} is no text of CloudEvents: ${JSON.stringify(event[name])}`);
  }
}
console.log(lines.length);
