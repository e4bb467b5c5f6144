import { describe, expect, test } from "vitest";
import { findSecret } from "../../src/domain/text/secrets.js";
import { redact, safeError } from "../../src/lib/safe-to-log.js";
import { ATTACK_SECRETS } from "../domain/text/labelled/attack.js";
import { EARLIER_SECRETS } from "../domain/text/labelled/earlier.js";
import { fill, randomOf } from "../domain/text/labelled/fill.js";
import { HELD_OUT_SECRETS } from "../domain/text/labelled/held-out.js";
import { SECRETS } from "../domain/text/labelled/secrets.js";

const made = (...parts: string[]): string => parts.join("");

describe("Secrets are removed from any text", () => {
  test.each([
    [made("token xo", "xb-1234-5678-abcdef rejected"), "token [redacted] rejected"],
    [made("xa", "pp-1-A0-42-beef"), "[redacted]"],
    [made("xo", "xp-1234-5678-abcdef"), "[redacted]"],
    [made("AK", "IAIOSFODNN7EXAMPLE is gone"), "[redacted] is gone"],
    [made("gh", "p_aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"), "[redacted]"],
    [made("connect postgres://user:pa", "ss@db:5432/app failed"), "connect [redacted]db:5432/app failed"],
    ["redis://onlyuser@cache:6379", "[redacted]cache:6379"],
    [
      made("POST https://alert.victor", "ops.com/integrations/generic/20131114/alert/5a-b/db failed"),
      "POST https://[redacted] failed",
    ],
    [made("Authorization: Token tok", "en=u+abcdefgh"), "Authorization: [redacted]"],
    ["Authorization: Bearer abcdefgh", "Authorization: [redacted]"],
    ["GET https://slack.com/api/x?token=1&b=2 failed", "GET https://slack.com/api/x?[redacted] failed"],
    [made("-----BEGIN ", "PRIVATE KEY-----\nMIIE\n-----END"), "[redacted]"],
    ["connect ECONNREFUSED 127.0.0.1:6379", "connect ECONNREFUSED 127.0.0.1:6379"],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

test.each([...SECRETS, ...EARLIER_SECRETS, ...ATTACK_SECRETS, ...HELD_OUT_SECRETS])(
  "a secret that stops a typed text is removed from a log: %s in %s",
  (kind, template) => {
    const text = fill(template, randomOf(`log ${kind}`));
    if (findSecret(text) === null) return;
    expect(redact(text)).toContain("[redacted]");
    expect(findSecret(redact(text))).toBeNull();
  },
);

test("hashes, ids and addresses stay readable in a log", () => {
  const text =
    "9fceb02d0ae598e95dc970b74767f19372d61af8 123e4567-e89b-42d3-a456-426614174000 http://127.0.0.1:4991/api/";
  expect(redact(text)).toBe(text);
});

test.each([
  "eyJaaaaaaaa-",
  "ab://x:",
  "token ",
  "key=",
  "x".repeat(60),
  "http://a?",
  "a.",
  "mysql a ",
  "cookie: sess",
  "password for a b ",
])("a long text made of %j is searched quickly", (piece) => {
  const from = performance.now();
  redact(piece.repeat(Math.ceil(100_000 / piece.length)));
  expect(performance.now() - from).toBeLessThan(2_000);
});

describe("An error is logged without the input that it quotes", () => {
  test("a database error keeps its name and code only", () => {
    const inner = Object.assign(new Error("duplicate key: Key (reason)=(the CEO is locked out)"), {
      name: "PostgresError",
      code: "23505",
      severity: "ERROR",
      detail: "Key (reason)=(the CEO is locked out)",
    });
    const outer = Object.assign(new Error("Failed query: insert … params: the CEO is locked out", { cause: inner }), {
      name: "DrizzleQueryError",
      params: ["the CEO is locked out"],
    });
    const safe = safeError(outer);
    expect(safe).toMatchObject({ name: "DrizzleQueryError", cause: { name: "PostgresError", code: "23505" } });
    expect(JSON.stringify(safe)).not.toContain("CEO");
  });

  test("a parser's error does not quote its input", () => {
    const parse = () => JSON.parse("the CEO is locked out");
    try {
      parse();
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(safeError(error))).not.toContain("CEO");
    }
  });

  test("a system error keeps its redacted message", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED redis://:hunter22@cache"), { code: "ECONNREFUSED" });
    expect(safeError(error)).toMatchObject({
      name: "Error",
      code: "ECONNREFUSED",
      message: "connect ECONNREFUSED [redacted]cache",
    });
  });

  test("a thrown value that is not an error is not shown", () => {
    expect(safeError("the CEO is locked out")).toEqual({ name: "NotAnError", code: "string" });
  });

  test("circular causes are cut off", () => {
    const error: Error = new Error("outer");
    error.cause = error;
    expect(JSON.stringify(safeError(error)).length).toBeLessThan(10_000);
  });
});
