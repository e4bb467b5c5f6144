import fc from "fast-check";
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
    "acme/pay#01",
    "acme/pay/pull/1",
    "acme/pay/pulls/1",
    "https://github.com/acme/pay/pulls/1",
    "https://github.com/acme/pay/issues/1",
    "https://github.com/acme/pay/pull/001",
    "https://github.com//acme/pay//pull/%31/",
    "https://GitHub.com./Acme/Pay/PULL/1.diff",
    `https://github.com/acme/pay/pull/1/commits/${"a".repeat(40)}`,
    "https://api.github.com/repos/acme/pay/pulls/1",
    "acme/pay PR 1",
    "acme/pay PR #1",
    "acme/pay PR-1",
    "acme/pay pr#1",
    "acme/pay pull request no. 1",
    "acme/pay 1",
    "acme/pay, the hotfix (PR 1)",
    "PR 1 of acme/pay",
    "#1 in acme/pay, please",
    "https://github.com/acme/pay PR 1",
    "git@github.com:acme/pay.git PR 1",
    "PR https://github.com/acme/pay/pull/1 please",
    "the fix: acme/pay#1!",
    "see acme/pay#1",
    "acme/pay#1, see incident #4821",
    "<https://github.com/acme/pay/pull/1|the fix>",
    "[#1](https://github.com/acme/pay/pull/1)",
    "`acme/pay#1` and/or a restart",
    "acme/pay#1 acme/pay/pull/1",
    "\u0430cme/p\u0430y#1",
    "acm\u0435\u2215pay\uff031",
    "ac\u200bme/pay#1",
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
    "acme/pay#1234567890",
    "acme/pay#1x",
    "acme/pay#",
    "-acme/pay#1",
    "ac_me/pay#1",
    "acme#1",
    "acme/pay/x#1",
    `a${"b".repeat(39)}/pay#1`,
    `acme/${"c".repeat(101)}#1`,
    "https://gitlab.com/acme/pay/pull/1",
    "https://githubxcom/acme/pay/pull/1",
    "ftp://github.com/acme/pay/pull/1",
    "https://github.com/acme/pay/pulls",
    "https://github.com/acme/pay/tree/main",
    "https://github.com@example.com/acme/pay/pull/1",
    "https://example.com/acme/pay/pull/1",
    "acme/pay has 3 replicas",
    "acme/pay or acme/web, whichever has PR 1",
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
    `https://github.com/acme/pay/commit/${sha}.patch`,
    `acme/pay commit ${sha}`,
    `roll out ${sha} of acme/pay`,
    `${sha} in acme/pay, now`,
  ])("by %s", (typed) => {
    expect(readTarget(typed)).toEqual({ ok: true, target: { kind: "github-commit", key: `github:acme/pay@${sha}` } });
  });

  test.each([7, 12, 39, 41, 64])("and an id of %d digits is refused, with a message", (digits) => {
    const id = "abcdef0".repeat(10).slice(0, digits);
    for (const typed of [`acme/pay@${id}`, `https://github.com/acme/pay/commit/${id}`, `acme/pay commit ${id}`])
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
    ["restart service:pay, please", "service", "service:pay"],
    ["the (db:orders)", "db", "db:orders"],
    ["s\u0435rvi\u0441e:pay", "service", "service:pay"],
  ] as const)("by %s", (typed, kind, expected) => {
    expect(readTarget(typed)).toEqual({ ok: true, target: { kind, key: expected } });
  });

  test.each(["service:-pay", "db: the primary", `db:${"x".repeat(101)}`, "dbs:orders", "the service pay", "service"])(
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
    ["text:the printer in 4b", "text:the printer in 4b"],
    ["Text: text: the printer in 4b", "text:the printer in 4b"],
    ["the \u0440rinter in 4b", "text:the printer in 4b"],
    ["a.b.c", "text:a.b.c"],
  ])("in normalised form: %j", (typed, expected) => {
    expect(key(typed)).toBe(expected);
  });

  test("and refused, with a message, when empty or longer than 200 characters", () => {
    for (const empty of [" \u200b ?!", "text:", "text: text:?"])
      expect(key(empty)).toMatch(/^refused: Say what the gates are skipped for, .+\.$|4821\.$/);
    expect(key("x".repeat(200))).toBe(`text:${"x".repeat(200)}`);
    expect(key("x".repeat(201))).toMatch(/^refused: Keep the target to 200 characters; .+\.$/);
  });
});

test.each([
  ["acme/pay#1 and acme/web#1", "github:acme/pay#1 and github:acme/web#1"],
  ["acme/pay#1,acme/pay#2", "github:acme/pay#1 and github:acme/pay#2"],
  ["acme/pay PR 1 and PR 2", "github:acme/pay#1 and github:acme/pay#2"],
  ["service:pay, db:orders", "service:pay and db:orders"],
  [`acme/pay#1 (commit ${sha})`, `github:acme/pay#1 and github:acme/pay@${sha}`],
])("%j names two targets, and is refused with both", (typed, names) => {
  expect(key(typed)).toBe(`refused: This names ${names}. Declare each by itself: one target, one bypass.`);
});

describe("Whatever is typed", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const number = fc.integer({ min: 1, max: 999_999_999 });
  const spelling = fc.constantFrom<((o: string, r: string, n: number) => string)[]>(
    (o, r, n) => `${o}/${r}#${n}`,
    (o, r, n) => `${o}/${r} # ${n}`,
    (o, r, n) => `${o}/${r}#00${n}`,
    (o, r, n) => `${o}/${r}/pull/${n}`,
    (o, r, n) => `${o}/${r} PR ${n}`,
    (o, r, n) => `${o}/${r} pull request #${n}`,
    (o, r, n) => `PR ${n} of ${o}/${r}`,
    (o, r, n) => `#${n} in ${o}/${r}`,
    (o, r, n) => `github:${o}/${r}#${n}`,
    (o, r, n) => `https://github.com/${o}/${r}/pull/${n}`,
    (o, r, n) => `http://www.github.com/${o}/${r}/pulls/${n}/files`,
    (o, r, n) => `github.com/${o}/${r}.git/issues/${n}?w=1#x`,
    (o, r, n) => `https://api.github.com/repos/${o}/${r}/pulls/${n}`,
  );
  const around = fc.constantFrom(
    ["", ""],
    ["please ship ", " now!"],
    ["(", ")"],
    ["<", "|fix>"],
    ["`", "`."],
    ["  ", " ?"],
  );
  const look = fc.constantFrom<((text: string) => string)[]>(
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => text.replaceAll("a", "\u0430").replaceAll("e", "\u0435").replaceAll("o", "\u03bf"),
    (text) => text.replaceAll("/", "\u2215").replaceAll("#", "\uff03").replaceAll(":", "\u2236"),
    (text) => [...text].join("\u200d"),
    (text) => text.replaceAll("-", "\u2011").replaceAll(" ", "\u00a0"),
  );

  test("each spelling of a pull request gives its one key", () => {
    fc.assert(
      fc.property(name, name, number, spelling, around, look, (o, r, n, spell, [before, after], looks) => {
        fc.pre(!r.endsWith("-git"));
        expect(key(`${before}${looks(spell(o, r, n))}${after}`)).toBe(`github:${o}/${r}#${n}`);
      }),
      { numRuns: 3_000 },
    );
  });

  test("a key that is read again stays as it is", () => {
    const piece = fc.constantFrom(
      "acme/pay",
      "#1",
      "PR",
      "77",
      "db:",
      "service:",
      "text:",
      "@",
      "/",
      " ",
      ".",
      "\u0406",
      "\u03a3",
      "\u0130",
      "\u00df",
      "\u0345",
      "\ufdfa",
      "\u2126",
      "a\u0301",
      "\u1e9e",
    );
    const typed = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const first = readTarget(text);
        if (!first.ok) return;
        expect(readTarget(first.target.key)).toEqual(first);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([" ", "a", "# ", "0", "acme/pay#1 ", ".", "pr ", "text:", "\ufdfa", "acme/"])(
    "is read at once, however long it is: %j over and over",
    (piece) => {
      const began = performance.now();
      expect(readTarget(piece.repeat(240_000)).ok).toBe(false);
      for (const length of [190, 390]) readTarget(`${piece.repeat(length / piece.length)}x`);
      expect(performance.now() - began).toBeLessThan(500);
    },
  );
});
