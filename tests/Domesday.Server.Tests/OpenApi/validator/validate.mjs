import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";

const found = await new Validator().validate(JSON.parse(await readFile(process.argv[2], "utf8")));
if (!found.valid) {
  console.error(JSON.stringify(found.errors, null, 1));
  process.exit(1);
}
