import { describe, expect, test } from "vitest";
import { findSecret } from "../../../src/domain/text/secrets.js";
import { secrets } from "./secret-samples.js";

const ordinary = [
  "Checkout returns 500 since 02:14; rolling back to 4f9c2e1 needs e2e-suite out of the way.",
  "Revert 9fceb02d0ae598e95dc970b74767f19372d61af8 now",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 does not start",
  "request 123e4567-e89b-42d3-a456-426614174000 fails",
  "https://github.com/o/r/pull/1 and http://db.internal:5432/health?x=1",
  "postgres://db.internal:5432/app refuses connections",
  "mail to dana@example.com, see https://example.com:8080/users/@dana",
  "password reset mails are not sent",
  "password: reset is broken for everyone",
  "users see password=incorrect in the log",
  "token: refresh fails with 401",
  "the secret-scan gate is stuck; secret: none of us can merge",
  "token=expired for all CI jobs, api_key=<redacted>, password=***",
  "Bearer tokens are rejected by oauth2-proxy; bearer oauth2-proxy-middleware-deployment restarts",
  "ghp_ and xoxb- prefixes are refused by the proxy, AKIA too",
  "sk-learn-pipeline-with-a-long-name-and-no-figures fails",
  "INC-1234: u+1F6A8 renders as a box",
  "eyJ is how a token starts",
  "-----BEGIN PUBLIC KEY-----",
];

describe("A known secret shape is found", () => {
  test.each(secrets)("%s in %s", (kind, text) => {
    expect(findSecret(text)).toEqual({ kind });
  });
});

describe("An ordinary reason is not taken for a secret", () => {
  test.each(ordinary)("%s", (text) => {
    expect(findSecret(text)).toBeNull();
  });
});

test("a second assignment is looked at when the first one carries no value", () => {
  expect(findSecret("password=*** and then password=hunter2")).toEqual({ kind: "password" });
});

describe("Text made to make a search slow is searched quickly", () => {
  const bait = [
    "eyJaaaaaaaa-",
    "a:",
    "ab://x:",
    "x://a:b",
    "bearer ",
    "password = ",
    "token",
    "-----BEGIN A",
    "xoxb-",
    "SG.aaaaaaaaaaaaaaaaaaaa",
    "sk-a-",
    " ",
    "=",
  ];
  test.each(bait)("made of %j", (piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    const from = performance.now();
    findSecret(text);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
