import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runCli } from "../../src/cli/main.js";
import { CATALOGUE } from "../../src/domain/events/catalogue/catalogue.js";

async function breakglass(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    readFile: () => Promise.reject(new Error("This command reads no file.")),
    env: {},
    now: () => new Date(0),
  };
  const code = await runCli(args, io);
  return { code, out: out.map((line) => `${line}\n`).join(""), err: err.join("\n") };
}

it("breakglass trail reference prints docs/trail-reference.md", async () => {
  const { code, out } = await breakglass("trail", "reference");
  expect(code).toBe(0);
  expect(out, "run: npm run build && npx breakglass trail reference > docs/trail-reference.md").toBe(
    readFileSync("docs/trail-reference.md", "utf8"),
  );
});

it("breakglass trail reference has a section for every event and a row for every field", async () => {
  const { out } = await breakglass("trail", "reference");
  for (const { type, fields } of CATALOGUE) {
    const section = out.split(`### \`${type}\`\n`)[1]?.split("\n##")[0] ?? "";
    expect(section, type).toContain("Caused by: ");
    for (const name of Object.keys(fields)) expect(section, type).toContain(`| \`${name}\` |`);
  }
});

it("breakglass trail schema prints a JSON Schema with one body for every event", async () => {
  const { code, out } = await breakglass("trail", "schema");
  expect(code).toBe(0);
  const schema = JSON.parse(out) as { $schema: string; $defs: object };
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(Object.keys(schema.$defs)).toEqual(CATALOGUE.map(({ type }) => type));
});

it("breakglass trail exits with 64 on wrong usage and prints its usage", async () => {
  expect(await breakglass("trail", "refrence")).toMatchObject({
    code: 64,
    err: expect.stringContaining('did you mean "breakglass trail reference"?'),
  });
  expect(await breakglass("trail")).toMatchObject({ code: 64, err: expect.stringContaining("trail schema") });
  expect(await breakglass("trail", "schema", "x")).toMatchObject({ code: 64, out: "" });
  expect(await breakglass("trail", "--help")).toMatchObject({ code: 0, out: expect.stringContaining("trail schema") });
});
