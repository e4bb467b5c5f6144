import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DEMO_POLICY } from "../../demo/policy.js";
import { commands, runCli } from "../../src/cli/main.js";
import { fileSchemaNode, type SchemaNode } from "../../src/domain/policy/schema/json-schema.js";

const folder = mkdtempSync(join(tmpdir(), "breakglass-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function breakglass(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    readFile: (path: string) => readFile(path),
    env: {},
    now: () => new Date(0),
  };
  const code = await runCli(args, io);
  return { code, out: out.map((line) => `${line}\n`).join(""), err: err.join("\n") };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("breakglass policy lint", () => {
  it("exits with 0 for a valid policy and summarises it", async () => {
    const path = file("sample.yaml", DEMO_POLICY);
    const { code, out, err } = await breakglass("policy", "lint", path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/sample\.yaml: fine: 1 path, 3 gates, 3 roles; sha256 [0-9a-f]{64}\n/);
  });

  it("notes the keys that this release does not use yet, each with its position, and exits with 0", async () => {
    const text = [
      "version: 1",
      'alert_channel: "#incidents"',
      "roles: { lead: { slack_users: [U0DANA] } }",
      "rights: { export: [lead], tokens: [lead], redact: [lead] }",
      "gates: { e2e: {} }",
      "thermometer: { window: 30d }",
      "paths:",
      "  deploy: { who_can_invoke: [lead], requires: [reason], expires_after: 1h, drill_every: 90d }",
    ].join("\n");
    const path = file("ahead.yaml", text);
    const { code, out } = await breakglass("policy", "lint", path);
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n").slice(1)).toEqual([
      `note: ${path}:4:11: rights.export: is not used by this release yet`,
      `note: ${path}:4:27: rights.tokens: is not used by this release yet`,
    ]);
    const bare = text
      .replace(/^thermometer.*\n/m, "")
      .replace("export: [lead], tokens: [lead], ", "")
      .replace(", drill_every: 90d", "");
    expect((await breakglass("policy", "lint", file("bare.yaml", bare))).out).not.toContain("note: ");
  });

  it("prints the result as one object with --json", async () => {
    const sound = file("sound.yaml", DEMO_POLICY);
    const { code, out } = await breakglass("policy", "lint", "--json", sound);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      file: sound,
      ok: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      notes: expect.any(Array),
    });
    const faulty = await breakglass("policy", "lint", file("faulty.yaml", "version: 2\n"), "--json");
    expect(faulty.code).toBe(1);
    expect(faulty.err).toBe("");
    expect(JSON.parse(faulty.out)).toMatchObject({
      ok: false,
      errors: expect.arrayContaining([expect.objectContaining({ line: 1, path: "version" })]),
    });
  });

  it("exits with 1 and lists every error with file, line, column and the nearest known word", async () => {
    const text = DEMO_POLICY.replace("gates: [e2e-suite", "gates: [e2e-suit").replace("60m ", "60 ");
    const path = file("broken.yaml", text);
    const { code, out, err } = await breakglass("policy", "lint", path);
    const line = text.split("\n").findIndex((content) => content.includes("e2e-suit,")) + 1;
    expect(code).toBe(1);
    expect(out.split("\n")[0]).toBe(
      `${path}:${line}:13: paths.emergency_deploy.gates[0]: expected a name that stands under gates ` +
        '(e2e-suite, two-approvals, secret-scan), found "e2e-suit" (did you mean "e2e-suite"?)',
    );
    expect(out).toContain("paths.emergency_deploy.expires_after: expected a duration");
    expect(err).toContain("2 errors");
  });

  it("exits with 1 for a file that is not UTF-8 and names the position", async () => {
    const path = file("latin.yaml", Buffer.from("version: 1 # \xe9\n", "latin1"));
    const { code, out } = await breakglass("policy", "lint", path);
    expect(code).toBe(1);
    expect(out).toContain(
      `${path}:1:14: expected a file in UTF-8, found a character of another encoding, such as Latin-1`,
    );
  });

  it("exits with 2 when the file cannot be read", async () => {
    const missing = await breakglass("policy", "lint", join(folder, "missing.yaml"));
    expect(missing.code).toBe(2);
    expect(missing.err).toContain("could not be read, so nothing was checked");
    expect((await breakglass("policy", "lint", folder)).code).toBe(2);
  });

  it.each([[[]], [["a.yaml", "b.yaml"]], [["--strict", "breakglass.yaml"]]])(
    "exits with 64 for the arguments %j",
    async (args) => {
      const { code, err } = await breakglass("policy", "lint", ...args);
      expect(code).toBe(64);
      expect(err).toContain("expected one file");
    },
  );
});

describe("breakglass policy schema", () => {
  it("prints a pure JSON Schema, without keywords of our own", async () => {
    const { code, out } = await breakglass("policy", "schema");
    const schema = JSON.parse(out) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      required: ["version", "roles", "gates", "paths"],
      additionalProperties: false,
    });
    expect(out).not.toMatch(/"(?:form|whenLeftOut|refersTo|notUsedYet)":/);
  });
});

describe("breakglass policy reference", () => {
  it("prints docs/policy-reference.md", async () => {
    const { code, out } = await breakglass("policy", "reference");
    expect(code).toBe(0);
    expect(out, "run: npm run build && npx breakglass policy reference > docs/policy-reference.md").toBe(
      readFileSync("docs/policy-reference.md", "utf8"),
    );
  });

  it("marks exactly the keys that this release does not use yet", async () => {
    const { out } = await breakglass("policy", "reference");
    const marked = out.matchAll(/^\| `(\w+)` \|[^\n]*Not used by this release yet\./gm);
    expect([...marked].map(([, key]) => key).sort()).toEqual(["export", "github", "tokens"]);
  });

  it("documents the meaning, format and default of every key", async () => {
    const { out } = await breakglass("policy", "reference");
    const undocumented: string[] = [];
    const visit = (node: SchemaNode, place: string): void => {
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        const documented = child.description && (child.form || child.properties);
        const optional = !node.required?.includes(key);
        if (!documented || (optional && child.whenLeftOut === undefined && child.default === undefined))
          undocumented.push(place + key);
        if (!out.includes(`| \`${key}\` |`)) undocumented.push(`${place}${key}, on the page`);
        visit(child, `${place}${key}.`);
      }
      for (const child of [node.items, node.additionalProperties]) {
        if (typeof child === "object") visit(child, place);
      }
    };
    visit(fileSchemaNode, "");
    expect(undocumented).toEqual([]);
  });
});

describe("breakglass", () => {
  it("lists its commands for --help, and exits with 64 without a command", async () => {
    const help = await breakglass("--help");
    expect(help.code).toBe(0);
    for (const { name, summary } of commands) expect(help.out).toMatch(new RegExp(`${name} .*${summary}`));
    expect(await breakglass()).toMatchObject({ code: 64, out: "" });
  });

  it("prints the usage of one command", async () => {
    expect(await breakglass("policy", "--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("policy lint FILE"),
    });
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await breakglass("--version")).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it("exits with 64 for an unknown command and suggests the nearest one", async () => {
    expect(await breakglass("polciy")).toMatchObject({ code: 64, err: expect.stringContaining('"breakglass policy"') });
    expect(await breakglass("policy", "lnit")).toMatchObject({
      code: 64,
      err: expect.stringContaining('did you mean "breakglass policy lint"?'),
    });
    expect(await breakglass("policy", "schema", "x")).toMatchObject({ code: 64, out: "" });
  });
});
