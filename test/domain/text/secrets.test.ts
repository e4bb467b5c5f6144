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
  "Bypass: e2e-suite2 and two-approvals2 for INC-1234",
  "bypass=e2e-suite blocks; bypassing: build42x",
  "These pass: e2e-suite2, smoke-tests-v3; this one fails: unit4",
  "smoke tests pass: 132/132 in 3m, pass=1204 fail=3",
  "two checks pass: INC-2190 needs only those",
  "one pass: v2.31.4 was fine, pass: 98%",
  "password: expired for users of v2",
  "authorization: denied for every user since the deployment of auth-gateway",
  "Authorization: bearer tokens are rejected everywhere",
  "sig=invalid in the webhook log, key-rotation-of-march is done, monkey-0123456789abcdef",
  "ATATT3 and dckr_pat_ and glsa_ and shpat_ prefixes are known to the scanner",
  "the family \u{1f468}\u200d\u{1f469}\u200d\u{1f467} emoji breaks the page \ufb01nally",
  "-----BEGIN PUBLIC KEY-----",
];

describe("A known secret shape is found", () => {
  test.each(secrets)("%s in %s", (kind, text) => {
    expect(findSecret(text)).toEqual({ kind });
  });
});

describe("An ordinary reason is not mistaken for a secret", () => {
  test.each(ordinary)("%s", (text) => {
    expect(findSecret(text)).toBeNull();
  });
});

test("a password is found after an earlier assignment without a real value", () => {
  expect(findSecret("password=*** and then password=hunter2")).toEqual({ kind: "password" });
});

describe("A text crafted to slow down the search is searched within two seconds", () => {
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
    "authorization: ",
    "authorization: a ",
    "pass: ",
    "AT\u200dATT3",
    "glsa_",
    "sig=a",
    "\ufdfa",
    " ",
    "=",
  ];
  test.each(bait)("when it repeats %j", (piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    const start = performance.now();
    findSecret(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
