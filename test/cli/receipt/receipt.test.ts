import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/main.js";
import { AT, FACTS, keysIn, NOW, newPem, signerWith, TIMES } from "../../support/receipts/made.js";

const folder = mkdtempSync(join(tmpdir(), "breakglass-receipt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = newPem().secret;
const jwks = join(folder, "jwks.json");
let receipt: string;
beforeAll(async () => {
  const signer = await signerWith(pem);
  writeFileSync(jwks, JSON.stringify(signer.jwks()));
  receipt = await signer.sign(FACTS, TIMES);
});

async function breakglass(args: readonly string[], { stdin = "", now = NOW } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    readFile: (path: string) => (path === "/dev/stdin" ? Promise.resolve(Buffer.from(stdin)) : readFile(path)),
    env: {},
    now: () => new Date(now),
  };
  const code = await runCli(["receipt", ...args], io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("breakglass receipt verify", () => {
  it("says what the receipt is for, and that it was valid", async () => {
    const { code, out } = await breakglass(["verify", receipt, "--jwks", jwks]);
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.trim().replace(/ {2,}/g, " "))).toEqual([
      `fine: a receipt that was valid at 2026-12-01T03:12:00Z, signed by key ${(await keysIn(pem)).signing.kid}`,
      "bypass BG-42",
      "gate e2e-suite",
      "target acme/payments-api#4821",
      `commit ${FACTS.commit} (proven)`,
      "run github:123/456/1",
      "repository 123",
      "asked by https://token.actions.githubusercontent.com",
      "requester U0PRIYA",
      "approved by U0DANA",
      "valid from 2026-12-01T03:12:00Z to 2026-12-01T03:22:00Z",
      "answered by https://breakglass.example.com",
      `policy ${FACTS.policy}`,
      `trail 57:${FACTS.head}`,
    ]);
  });

  it("reads it from standard input, and answers in JSON", async () => {
    const { code, out } = await breakglass(["verify", "-", "--jwks", jwks, "--json"], { stdin: `${receipt}\n` });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      problem: null,
      at: "2026-12-01T03:12:00Z",
      claims: { sub: "BG-42", exp: AT + 600 },
    });
  });

  it("finds a receipt wrong a year later, shows what was signed, and finds it fine for the moment it is about", async () => {
    const now = NOW + 365 * 86_400_000;
    const late = await breakglass(["verify", receipt, "--jwks", jwks], { now });
    expect(late.code).toBe(1);
    expect(late.out).toMatch(/^WRONG: it had ended: it was valid from 2026-12-01T03:12:00Z to 2026-12-01T03:22:00Z\n/);
    expect(late.out).toContain("bypass     BG-42");
    const then = await breakglass(["verify", receipt, "--jwks", jwks, "--at", "2026-12-01T04:15:00+01:00"], { now });
    expect(then.code).toBe(0);
    expect(then.out).toContain("valid at 2026-12-01T03:15:00Z");
  });

  it.each([
    ["gate", "two-approvals"],
    ["run", "github:123/456/2"],
    ["commit", "0".repeat(40)],
    ["repository", "124"],
    ["iss", "https://other.example.com"],
  ])("finds a receipt for another %s wrong", async (claim, value) => {
    const { code, out } = await breakglass(["verify", receipt, "--jwks", jwks, `--${claim}`, value]);
    expect({ code, line: out.split("\n")[0] }).toEqual({
      code: 1,
      line: expect.stringMatching(new RegExp(`^WRONG: its ${claim} is .*, not `)),
    });
    const own = { gate: FACTS.gate, run: FACTS.run, commit: FACTS.commit, repository: "123" };
    const asked = Object.entries(own).flatMap(([name, mine]) => [`--${name}`, mine]);
    expect((await breakglass(["verify", receipt, "--jwks", jwks, ...asked])).code).toBe(0);
  });

  it("shows nothing of a receipt that nobody signed, and lets no text of it reach the terminal", async () => {
    const theirs = await signerWith(newPem().secret);
    const forged = await theirs.sign({ ...FACTS, target: "\u001b[2J\u202efine" }, TIMES);
    const other = await breakglass(["verify", forged, "--jwks", jwks]);
    expect(other).toMatchObject({ code: 1, out: "WRONG: none of the keys has signed it" });
    // Even what the key has signed passes through the same sieve.
    const mine = await (await signerWith(pem)).sign({ ...FACTS, target: "\u001b[2J\u202efine" }, TIMES);
    const shown = await breakglass(["verify", mine, "--jwks", jwks]);
    expect(shown.out).toContain("\\u{1b}[2J\\u{202e}fine");
    const json = await breakglass(["verify", mine, "--jwks", jwks, "--json"]);
    for (const { out } of [shown, json]) for (const control of ["\u001b", "\u202e"]) expect(out).not.toContain(control);
  });

  it("exits with 2 when there are no keys to look with", async () => {
    const words = join(folder, "words.json");
    writeFileSync(words, "no keys");
    const none = join(folder, "none.json");
    writeFileSync(none, '{"keys":[]}');
    for (const place of [
      join(folder, "nothing"),
      words,
      none,
      "http://keys.example.com/jwks.json",
      "https://user:x@h/j",
    ]) {
      const { code, out, err } = await breakglass(["verify", receipt, "--jwks", place]);
      expect({ code, out }, place).toEqual({ code: 2, out: "" });
      expect(err).toContain("Nothing was verified.");
    }
  });

  it.each([
    [[]],
    [["a", "b", "--jwks", "x"]],
    [["a"]],
    [["a", "--jwks", "x", "--at", "yesterday"]],
    [["a", "--key", "x"]],
  ])("exits with 64 on wrong usage: %j", async (args) => {
    expect((await breakglass(["verify", ...args])).code).toBe(64);
  });
});

describe("breakglass receipt key", () => {
  it("makes a key that only its owner may read, which signs", async () => {
    const path = join(folder, "new.pem");
    const { code, out } = await breakglass(["key", path]);
    expect(code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(out).toContain((await keysIn(readFileSync(path, "utf8"))).signing.kid);
    expect(out).not.toContain("PRIVATE");
  });

  it("leaves an existing file as it is", async () => {
    const path = join(folder, "kept.pem");
    writeFileSync(path, "kept");
    const { code, err } = await breakglass(["key", path]);
    expect(code).toBe(1);
    expect(err).toContain("was left as it is");
    expect(readFileSync(path, "utf8")).toBe("kept");
  });

  it("says when the file cannot be written, and when none is named", async () => {
    expect((await breakglass(["key", join(folder, "no", "such", "folder.pem")])).code).toBe(2);
    expect((await breakglass(["key"])).code).toBe(64);
    expect((await breakglass(["key", "--json"])).code).toBe(64);
  });
});
