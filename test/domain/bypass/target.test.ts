import { describe, expect, test } from "vitest";
import { readTarget } from "../../../src/domain/bypass/target.js";

const sha = "0123456789abcdef".repeat(3).slice(0, 40);

const key = (typed: string): string => {
  const read = readTarget(typed);
  return read.ok ? read.target.key : `refused: ${read.message}`;
};

describe("A pull request is recognised", () => {
  test.each([
    "acme/pay#1",
    "github:acme/pay#1",
    "GitHub:Acme/PAY#1",
    "https://github.com/acme/pay/pull/1",
    "http://github.com/acme/pay/pull/1",
    "https://www.github.com/acme/pay/pull/1",
    "github.com/acme/pay/pull/1",
    "www.github.com/acme/pay/pull/1",
    "https://github.com/acme/pay/pull/1/files",
    "https://github.com/acme/pay/pull/1?w=1",
    "https://github.com/acme/pay/pull/1#discussion_r2",
    "acme/pay.git#1",
    "acme/pay # 1",
    "acme/pay# 1",
    "  acme/pay#1 ?!,;:./",
    "acme/pay#1/files",
  ])("by %s", (typed) => {
    expect(readTarget(typed)).toEqual({ ok: true, target: { kind: "github-pr", key: "github:acme/pay#1" } });
  });

  test("with dots, dashes and underscores in the names, as GitHub allows", () => {
    expect(key("acme/acme.github.io#12")).toBe("github:acme/acme.github.io#12");
    expect(key("a-cme/pay_ments.io-2#12")).toBe("github:a-cme/pay_ments.io-2#12");
    expect(key(`a${"b".repeat(38)}/${"c".repeat(100)}#123456789`)).toBe(
      `github:a${"b".repeat(38)}/${"c".repeat(100)}#123456789`,
    );
  });

  test.each([
    "acme/pay#0",
    "acme/pay#01",
    "acme/pay#1234567890",
    "acme/pay#1x",
    "acme/pay#",
    "-acme/pay#1",
    "ac_me/pay#1",
    "acme#1",
    "acme/pay/x#1",
    `a${"b".repeat(39)}/pay#1`,
    `acme/${"c".repeat(101)}#1`,
    "see acme/pay#1",
    "https://gitlab.com/acme/pay/pull/1",
    "https://githubxcom/acme/pay/pull/1",
    "ftp://github.com/acme/pay/pull/1",
    "https://github.com/acme/pay/pulls/1",
    "https://wwwxgithub.com/acme/pay/pull/1",
    "gitlab:acme/pay#1",
  ])("and %s is not one: it is kept as text", (typed) => {
    expect(readTarget(typed)).toMatchObject({ ok: true, target: { kind: "text" } });
  });
});

describe("A commit is recognised", () => {
  test.each([
    `acme/pay@${sha}`,
    `github:acme/pay@${sha}`,
    `acme/pay @ ${sha.toUpperCase()}`,
    `https://github.com/acme/pay/commit/${sha}`,
    `http://www.github.com/acme/pay/commit/${sha}`,
    `github.com/acme/pay.git/commit/${sha}?diff=split`,
    `https://github.com/acme/pay/commit/${sha}#diff-1`,
  ])("by %s", (typed) => {
    expect(readTarget(typed)).toEqual({ ok: true, target: { kind: "github-commit", key: `github:acme/pay@${sha}` } });
  });

  test.each([7, 12, 39, 41, 64])("and an id of %d digits is refused, with a message", (digits) => {
    const id = "abcdef0".repeat(10).slice(0, digits);
    for (const typed of [`acme/pay@${id}`, `https://github.com/acme/pay/commit/${id}`])
      expect(readTarget(typed)).toEqual({ ok: false, message: expect.stringMatching(/full id of 40 digits/) });
  });

  test.each(["acme/pay@abcdef", `acme/pay@${"a".repeat(65)}`, "acme/pay@main", `acme/pay@${sha}x`, `pay@${sha}`])(
    "and %s is not one: it is kept as text",
    (typed) => {
      expect(readTarget(typed)).toMatchObject({ ok: true, target: { kind: "text" } });
    },
  );
});

describe("A service and a database are recognised", () => {
  test.each([
    ["service:Pay", "service", "service:pay"],
    ["SERVICE: pay/v2_a.b-c", "service", "service:pay/v2_a.b-c"],
    ["db:Orders", "db", "db:orders"],
    ["DB : orders", "db", "db:orders"],
    [`service:${"x".repeat(100)}`, "service", `service:${"x".repeat(100)}`],
  ] as const)("by %s", (typed, kind, expected) => {
    expect(readTarget(typed)).toEqual({ ok: true, target: { kind, key: expected } });
  });

  test.each(["service:-pay", "service:pay desk", `db:${"x".repeat(101)}`, "dbs:orders", "the db:orders", "service"])(
    "and %s is neither: it is kept as text",
    (typed) => {
      expect(readTarget(typed)).toMatchObject({ ok: true, target: { kind: "text" } });
    },
  );
});

describe("Other targets are compared", () => {
  test.each([
    ["The  Printer\n in 4B!", "text:the printer in 4b"],
    ["the printer in 4b", "text:the printer in 4b"],
    ["the\u200b pri\u00adnter in 4b ...", "text:the printer in 4b"],
    ["caf\u0065\u0301", "text:caf\u00e9"],
    ["the printer : in 4b", "text:the printer:in 4b"],
    ["a.b.c", "text:a.b.c"],
  ])("in normalised form: %j", (typed, expected) => {
    expect(key(typed)).toBe(expected);
  });

  test("and refused, with a message, when empty or longer than 200 characters", () => {
    expect(key(" \u200b ?!")).toMatch(/^refused: Say what the gates are skipped for, .+\.$|4821\.$/);
    expect(key("x".repeat(200))).toBe(`text:${"x".repeat(200)}`);
    expect(key("x".repeat(201))).toMatch(/^refused: Keep the target to 200 characters; .+\.$/);
  });
});
