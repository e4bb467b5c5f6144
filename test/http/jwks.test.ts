import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../src/cli/main.js";
import { problemDetails } from "../../src/domain/gate-checks/wire.js";
import { AT, FACTS, keysIn, newPem, signerWith, TIMES } from "../support/receipts/made.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

const mine = newPem();
const retired = newPem();
const pem = `${mine.secret}${retired.open}`;

let folder: string;
let signing: TestApp;
let silent: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-jwks-"));
  const keyFile = join(folder, "receipts.pem");
  await writeFile(keyFile, pem);
  await chmod(keyFile, 0o600);
  signing = await openTestApp({
    env: { RECEIPT_KEY_FILE: keyFile, PUBLIC_URL: "https://breakglass.example.com" },
  });
  silent = await openTestApp();
});
afterAll(async () => {
  await signing?.close();
  await silent?.close();
  await rm(folder, { recursive: true });
});

const jwksOf = (app: TestApp): string => `http://127.0.0.1:${app.ports[0]}/.well-known/jwks.json`;

test("the bot publishes the public halves of its key file, to be kept for five minutes", async () => {
  const response = await fetch(jwksOf(signing));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/jwk-set+json");
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ keys: (await keysIn(pem)).published });
  expect(JSON.parse(text).keys).toHaveLength(2);
  expect(text).not.toContain('"d"');
});

test("receipts of both keys verify with what is published there", async () => {
  for (const key of [mine.secret, retired.secret]) {
    const receipt = await (await signerWith(key)).sign(FACTS, TIMES);
    const lines: string[] = [];
    const io = {
      out: (line: string) => lines.push(line),
      err: () => {},
      readFile: () => Promise.reject(new Error("no file")),
      env: {},
      now: () => new Date(AT * 1000),
    };
    expect(await runCli(["receipt", "verify", receipt, "--jwks", jwksOf(signing)], io)).toBe(0);
    expect(lines[0]).toMatch(/^fine: a receipt that was valid at 2026-12-01T03:12:00Z/);
  }
});

test("a bot without a key says so with problem details, which nobody may keep", async () => {
  const response = await fetch(jwksOf(silent));
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(problemDetails.parse(await response.json())).toMatchObject({
    status: 404,
    detail: expect.stringContaining("RECEIPT_KEY_FILE"),
  });
});
