import { describe, expect, test } from "vitest";
import { findSecret } from "../../../src/domain/text/secrets.js";

const letters = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2dE3fG4hJ5kL6mN7p";
const capitals = "IOSFODNN7EXAMPLE2345";
const hex = "0123456789abcdef".repeat(3);

interface Shape {
  readonly kind: string;
  /** Every prefix of the token. In two parts, so that repository scanners do not report this file as a leak. */
  readonly heads: readonly (readonly [string, string])[];
  /** The source of the characters that follow the prefix. */
  readonly tail: string;
  /** The fewest characters that must follow. */
  readonly least: number;
}

const SHAPES: readonly Shape[] = [
  {
    kind: "Slack token",
    heads: [
      ["xo", "xb-"],
      ["xo", "xp-"],
      ["xap", "p-1-"],
    ],
    tail: letters,
    least: 10,
  },
  {
    kind: "Slack webhook",
    heads: [
      ["hooks.slack.com", "/services/T0/B0/"],
      ["hooks.slack.com", "/workflows/T0/A0/"],
      ["hooks.slack.com", "/triggers/E0/1/"],
    ],
    tail: letters,
    least: 8,
  },
  {
    kind: "GitHub token",
    heads: [
      ["gh", "p_"],
      ["gh", "o_"],
      ["gh", "u_"],
      ["gh", "s_"],
      ["gh", "r_"],
      ["github", "_pat_"],
    ],
    tail: letters,
    least: 20,
  },
  {
    kind: "GitLab token",
    heads: ["pat", "dt", "rt", "ptt", "cbt", "agent", "oas", "ft", "imt", "soat", "ffct"].map((of) => ["gl", `${of}-`]),
    tail: letters,
    least: 20,
  },
  {
    kind: "AWS key",
    heads: [
      ["AK", "IA"],
      ["AS", "IA"],
      ["AB", "IA"],
      ["AC", "CA"],
    ],
    tail: capitals.slice(0, 16),
    least: 16,
  },
  { kind: "Google API key", heads: [["AI", "za"]], tail: letters, least: 35 },
  {
    kind: "Google OAuth token",
    heads: [
      ["ya", "29."],
      ["GOC", "SPX-"],
    ],
    tail: letters,
    least: 20,
  },
  {
    kind: "Stripe key",
    heads: ["s", "r", "p"].flatMap((of) => [[`${of}k`, "_live_"] as const, [`${of}k`, "_test_"] as const]),
    tail: letters,
    least: 10,
  },
  { kind: "webhook secret", heads: [["wh", "sec_"]], tail: letters, least: 20 },
  { kind: "npm token", heads: [["np", "m_"]], tail: letters, least: 36 },
  { kind: "PyPI token", heads: [["py", "pi-"]], tail: letters, least: 50 },
  {
    kind: "PagerDuty token",
    heads: [
      ["pd", "us+_"],
      ["pd", "eu+_"],
    ],
    tail: letters,
    least: 20,
  },
  { kind: "PagerDuty token", heads: [["u", "+"]], tail: letters.slice(0, 18), least: 18 },
  { kind: "SendGrid key", heads: [["S", `G.${letters.slice(0, 22)}.`]], tail: letters, least: 20 },
  {
    kind: "API key",
    heads: [["s", "k-"]],
    tail: letters,
    least: 32,
  },
  {
    kind: "Vault token",
    heads: [
      ["hv", "s."],
      ["hv", "b."],
      ["hv", "r."],
    ],
    tail: letters,
    least: 20,
  },
  {
    kind: "DigitalOcean token",
    heads: [
      ["do", "o_v1_"],
      ["do", "p_v1_"],
      ["do", "r_v1_"],
    ],
    tail: hex,
    least: 40,
  },
  {
    kind: "Atlassian token",
    heads: [
      ["ATA", "TT3"],
      ["ATC", "TT3"],
      ["ATS", "TT3"],
    ],
    tail: letters,
    least: 20,
  },
  {
    kind: "Docker token",
    heads: [
      ["dckr", "_pat_"],
      ["dckr", "_oat_"],
    ],
    tail: letters,
    least: 20,
  },
  { kind: "Grafana token", heads: [["gl", "c_eyJ"]], tail: letters, least: 20 },
  { kind: "Grafana token", heads: [["gl", `sa_${letters.slice(0, 32)}_`]], tail: "1a2b3C4D", least: 8 },
  {
    kind: "Shopify token",
    heads: ["at", "ca", "pa", "ss", "tka"].map((of) => ["shp", `${of}_`]),
    tail: hex,
    least: 32,
  },
  { kind: "Mailgun key", heads: [["ke", "y-"]], tail: hex.slice(0, 32), least: 32 },
  { kind: "signature in an address", heads: [["si", "g="]], tail: letters, least: 20 },
  { kind: "Hugging Face token", heads: [["h", "f_"]], tail: letters, least: 30 },
  { kind: "private key", heads: [["AGE-SECRET", "-KEY-1"]], tail: capitals, least: 20 },
  { kind: "JSON Web Token", heads: [["ey", "JhbGciOiJ.eyJ"]], tail: letters, least: 8 },
  {
    kind: "authorization header",
    heads: [
      ["bea", "rer "],
      ["Ba", "sic\t"],
      ["authorization", ": "],
      ["authorization", "="],
      ['"authorization', '": "'],
    ],
    tail: letters,
    least: 16,
  },
];

const cases = SHAPES.flatMap(({ kind, heads, tail, least }) =>
  heads.map(([a, b]) => ({ kind, head: `${a}${b}`, tail, least })),
);

describe("A secret of a known shape", () => {
  test.each(cases)("is found from its shortest length on: $kind, $head", ({ kind, head, tail, least }) => {
    expect(findSecret(`${head}${tail.slice(0, least)}`)).toEqual({ kind });
    expect(findSecret(`look: ${head}${tail}, is it still good?`)).toEqual({ kind });
  });

  test.each(cases)("is not found in a text that is too short for it: $kind, $head", ({ head, tail, least }) => {
    expect(findSecret(`${head}${tail.slice(0, least - 1)}`)).toBeNull();
  });

  test.each(cases.filter(({ head }) => !head.startsWith('"')))(
    "is not found at the end of a longer word: $kind, $head",
    ({ kind, head, tail }) => {
      // After a letter the prefix does not begin a word, so only another kind may be found.
      const found = findSecret(`x${head}${tail}`);
      expect(found?.kind === kind).toBe(false);
    },
  );
});

test.each([
  ["Slack token", "xo", "xe.xoxp-1234567890"],
  ["API key", "s", `k-ant-${letters.slice(0, 28)}`],
  ["API key", "s", `k-proj-${letters.slice(0, 27)}`],
  ["authorization header", "Authorization", `: Token token="${letters.slice(0, 16)}"`],
])("a longer prefix is part of the secret: %s, %s%s", (kind, a, b) => {
  expect(findSecret(`${a}${b}`)).toEqual({ kind });
});

describe("A secret of fixed length", () => {
  test("is not found in a longer text: AWS key", () => {
    expect(findSecret(`AKIA${capitals.slice(0, 17)}`)).toBeNull();
  });

  test("is not found in a longer text or after a plus sign: PagerDuty token", () => {
    expect(findSecret(`u+${letters.slice(0, 19)}`)).toBeNull();
    expect(findSecret(`+u+${letters.slice(0, 18)}`)).toBeNull();
  });

  test("is not found in a longer text: Mailgun key", () => {
    expect(findSecret(`key-${hex.slice(0, 33)}`)).toBeNull();
  });
});

describe("A private key", () => {
  test.each(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])("is recognised by its first line: %j", (of) => {
    expect(findSecret(`-----BEGIN ${of}PRIVATE${" KEY"}-----`)).toEqual({ kind: "private key" });
  });
});

describe("A password in an address", () => {
  test.each([
    ["ftp://dana:hun", "ter2@files"],
    ["POSTGRES://:hun", "ter2@db"],
    ["mongodb+srv://app:hun", "ter2@cluster0"],
  ])("is found: %s%s", (a, b) => {
    expect(findSecret(`${a}${b}`)).toEqual({ kind: "password in an address" });
  });

  test.each(["https://dana@example.com", "https://example.com:8080/@dana", "https://example.com/a:b@c", "x:y@z"])(
    "is not found in an address without one: %s",
    (text) => {
      expect(findSecret(text)).toBeNull();
    },
  );
});

describe("The value after the name of a header or a signature", () => {
  test.each([
    ["authorization header", "bearer", " "],
    ["authorization header", "authorization:", " "],
    ["signature in an address", "sig", "="],
  ])("is found as %s only when digits are mixed into it: %s", (kind, word, sign) => {
    const of = (value: string) => findSecret(`${word}${sign}${value}`)?.kind ?? null;
    expect(of("abcdefghijklmnopqrstuvwxyz")).toBeNull();
    expect(of("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).toBeNull();
    expect(of("12345678901234567890123456")).toBeNull();
    expect(of("abcdefghijklmnopqrstuvwxy1")).toBeNull();
    expect(of("abcdefghijklm1n2o3pqrstuvw")).toBeNull();
    expect(of("abcdefghijklm1n2o3p4qrstuv")).toBe(kind);
    expect(of("abc1defghi2jklmno3pqr4stuv")).toBe(kind);
    expect(of("abcdefghijkl1234mnopqrstuv")).toBe(kind);
    expect(of("abcdefghijklmnopqrstuvwxY1")).toBe(kind);
  });
});
