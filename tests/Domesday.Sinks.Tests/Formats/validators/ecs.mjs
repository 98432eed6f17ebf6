// Holds each line against Elastic's own types of the schema: a field that it does not have, or a value of another type, is an error of the compiler. What is our own stands under «domesday».
import { readFile, writeFile } from "node:fs/promises";
import ts from "typescript";

const lines = (await readFile(process.argv[2], "utf8")).split("\n").filter(Boolean);
for (const version of ["ecs-8", "ecs-9"]) {
  const file = `events-${version}.ts`;
  await writeFile(file, [
    `import type { Ecs } from "${version}";`,
    `type Version = Ecs["ecs"]["version"];`,
    `const version = "" as Version;`,
    ...lines.map((line, number) => {
      const { ecs, ...rest } = JSON.parse(line);
      if (version === "ecs-8" && JSON.stringify(ecs) !== '{"version":"8.11.0"}') throw new Error(`ecs is ${JSON.stringify(ecs)}`);
      return `export const event${number}: Ecs & { domesday: Record<string, unknown> } = { ecs: { version }, ${JSON.stringify(rest).slice(1)};`;
    }),
  ].join("\n"));
  const program = ts.createProgram([file], { noEmit: true, strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, skipLibCheck: true, types: [] });
  const faults = ts.getPreEmitDiagnostics(program);
  if (faults.length > 0) throw new Error(faults.slice(0, 5).map((fault) => `${version}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")} ${lines[fault.file?.getLineAndCharacterOfPosition(fault.start ?? 0).line - 3] ?? ""}`).join("\n"));
}
console.log(lines.length);
