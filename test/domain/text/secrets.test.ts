// biome-ignore-all lint/suspicious/noTemplateCurlyInString: people type such placeholders
import { describe, expect, test } from "vitest";
import { findSecret } from "../../../src/domain/text/secrets.js";
import { GITLEAKS_RULES } from "../../../src/lib/secrets/gitleaks-rules.js";
import { OWN_RULES } from "../../../src/lib/secrets/own-rules.js";
import { ATTACK_HARMLESS, ATTACK_SECRETS } from "./labelled/attack.js";
import { EARLIER_HARMLESS, EARLIER_SECRETS } from "./labelled/earlier.js";
import { fill, randomOf } from "./labelled/fill.js";
import { HARMLESS } from "./labelled/harmless.js";
import { HELD_OUT_HARMLESS, HELD_OUT_SECRETS } from "./labelled/held-out.js";
import { SECRETS } from "./labelled/secrets.js";

const SEEDS = ["1", "2", "3"];

type Labelled = readonly (readonly [kind: string, template: string])[];

/** How much of a part of the labelled set is found, in percent. */
function measured(part: string, secrets: Labelled, harmless: readonly string[]) {
  const missed: string[] = [];
  const verdicts = SEEDS.flatMap((seed) =>
    secrets.map(([kind, template], at) => {
      const found = findSecret(fill(template, randomOf(`${seed} ${at}`)))?.verdict ?? null;
      if (found === null) missed.push(`${kind}: ${template} (seed ${seed} ${at})`);
      return found;
    }),
  );
  const alarms = harmless.map((text) => ({ text, verdict: findSecret(text)?.verdict ?? null }));
  const alarmed = alarms.map(({ verdict }) => verdict);
  const share = (of: number, among: number): number => Math.round((1000 * of) / among) / 10;
  const count = (list: readonly ("sure" | "likely" | null)[], verdict: "sure" | "likely"): number =>
    list.filter((one) => one === verdict).length;
  const figures = {
    found: share(count(verdicts, "sure") + count(verdicts, "likely"), verdicts.length),
    stopped: share(count(verdicts, "sure"), verdicts.length),
    harmlessStopped: share(count(alarmed, "sure"), alarms.length),
    harmlessAsked: share(count(alarmed, "likely"), alarms.length),
  };
  const kinds = new Set(secrets.map(([kind]) => kind)).size;
  const of = `${secrets.length} secrets of ${kinds} kinds, three of each, and ${harmless.length} harmless texts`;
  const lines = [
    `${part}: ${of}: ${figures.found} % found (${figures.stopped} % stopped, the rest asked about); of the harmless ones ${figures.harmlessStopped} % stopped, ${figures.harmlessAsked} % asked about.`,
    ...missed.map((text) => `  missed: ${text}`),
    ...alarms.filter(({ verdict }) => verdict !== null).map(({ text, verdict }) => `  ${verdict}: ${text}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return figures;
}

const ALL_SECRETS = [...SECRETS, ...EARLIER_SECRETS, ...ATTACK_SECRETS, ...HELD_OUT_SECRETS];
const ALL_HARMLESS = [...HARMLESS, ...EARLIER_HARMLESS, ...ATTACK_HARMLESS, ...HELD_OUT_HARMLESS];

describe("Of the labelled set", () => {
  test("the size is such that a percentage means something", () => {
    expect(ALL_SECRETS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(ALL_SECRETS.map(([kind]) => kind)).size).toBeGreaterThanOrEqual(100);
    expect(ALL_HARMLESS.length).toBeGreaterThanOrEqual(250);
  });

  test.each([
    ["The part that rules were tuned on", SECRETS, HARMLESS],
    ["The part that was written before the first rules", EARLIER_SECRETS, EARLIER_HARMLESS],
    ["The attacker's part", ATTACK_SECRETS, ATTACK_HARMLESS],
    ["All", ALL_SECRETS, ALL_HARMLESS],
  ] as const)("secrets are found and harmless texts let through: %s", (part, secrets, harmless) => {
    const { found, harmlessStopped, harmlessAsked } = measured(part, secrets, harmless);
    expect(found).toBeGreaterThanOrEqual(95);
    expect(harmlessStopped).toBeLessThanOrEqual(2);
    expect(harmlessAsked).toBeLessThanOrEqual(5);
  });

  test("fewer are found in the part that was held out, whose figures may not get worse", () => {
    const figures = measured("The part that was held out", HELD_OUT_SECRETS, HELD_OUT_HARMLESS);
    expect(figures.found).toBeGreaterThanOrEqual(84);
    expect(figures.harmlessStopped).toBeLessThanOrEqual(2);
    expect(figures.harmlessAsked).toBeLessThanOrEqual(7);
  });
});

const kindOf = (template: string) => findSecret(fill(template, randomOf(template)));

describe("What is certainly a secret is told with its kind", () => {
  test.each([
    ["GitHub token", "ghp_{A36}"],
    ["GitHub token", "token_ghp_{A36}"],
    ["GitLab token", "GITLAB_TOKEN=glpat-{b20}."],
    ["Slack token", "(xoxb-{d12}-{d12}-{A24})"],
    ["Stripe access token", "sk_live_{A24}"],
    ["Stripe key", "sk_org_live_{A24}"],
    ["Google refresh token", "1//0{b60}"],
    ["private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["password in an address", "postgres://app:{strong}@db/app"],
    ["password of a command", "curl -u admin:{pw} https://ci.acme.io"],
    ["authorization header", "Authorization: Bearer {A40}"],
  ])("%s: %s", (kind, template) => {
    expect(kindOf(template)).toEqual({ verdict: "sure", kind });
  });

  test("also where it merely looks like another secret earlier in the text", () => {
    expect(kindOf("password=hunter2 and ghp_{A36}")).toEqual({ verdict: "sure", kind: "GitHub token" });
  });

  test("also when letters are of full width, or characters that nobody sees stand between them", () => {
    expect(kindOf("g\uff48p_{A18}\u2060{A18}")).toEqual({ verdict: "sure", kind: "GitHub token" });
    expect(kindOf("AK\u200bIA{210}\ufe0f{26}")).toEqual({ verdict: "sure", kind: "AWS access token" });
  });
});

describe("What merely looks like a secret is told as what it looks like", () => {
  test.each([
    ["password", "password is {pw}"],
    ["password", "DB_PASSWORD={pw}"],
    ["key or token", "the aws secret key is {B40}"],
    ["key or token", "twilio auth token {h32}"],
    ["key or token", "use {A40} instead"],
  ])("%s: %s", (kind, template) => {
    expect(kindOf(template)).toEqual({ verdict: "likely", kind });
  });
});

describe("An example or a placeholder is harmless", () => {
  test.each([
    "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    `sk_test_${"4eC39HqLyjWDarjtT1zdp7dc"}`,
    `ghp_${"16C7e42F292c6912E7710c838347Ae178B4a"}`,
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "password=<password>",
    "password=$PASSWORD",
    "password=%PASSWORD%",
    "password={{ password }}",
    "password=****",
    "password=xxxx",
    "password=changeme",
    "token: ${TOKEN}",
    "api_key: your-api-key-1234",
    "postgres://user:password@localhost/app",
    "postgres://app:$PGPASSWORD@db/app",
    "curl -u admin:$PASS https://ci.acme.io",
  ])("%s", (text) => {
    expect(findSecret(text)).toBeNull();
  });

  test("but does not hide a real one beside it", () => {
    expect(kindOf("password=*** and then password=hunter2")).toEqual({ verdict: "likely", kind: "password" });
  });
});

/** The longest text that may be typed. */
const LONGEST = 3_000;

/** The quickest of several searches, because this machine does other things, too. */
function quickest(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 8 && best >= MOST_MS; run++) {
    const start = performance.now();
    findSecret(text);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const MOST_MS = 20;

describe(`A text of ${LONGEST} characters that is made to slow down the search takes less than ${MOST_MS} ms`, () => {
  const made = (piece: string): string => piece.repeat(Math.ceil(LONGEST / piece.length)).slice(0, LONGEST);
  const slowest = (pieces: readonly string[]): number => Math.max(...pieces.map((piece) => quickest(made(piece))));
  const keywords = [...new Set([...GITLEAKS_RULES, ...OWN_RULES].flatMap((rule) => rule.keywords))];

  test.each(["", " = ", "=a0", "\n", ': "', "-", "a0Bc/"])(
    "when it repeats a keyword of a rule and then %j",
    (after) => {
      expect(slowest(keywords.map((keyword) => keyword + after))).toBeLessThan(MOST_MS);
    },
  );

  test("when it holds as many keywords as fit", () => {
    const all = keywords.join(" = ");
    const parts = Array.from({ length: Math.ceil(all.length / LONGEST) }, (_, at) => all.slice(at * LONGEST));
    expect(slowest(parts.map((part) => part.slice(0, LONGEST)))).toBeLessThan(MOST_MS);
  });

  test("when it repeats what a pattern begins with, or nearly matches", () => {
    const begun = ["curl -u ", "curl -u a", "curl ", "x://a:b", "a:b@", "ab://x:", "eyJaaaaaaaa.", "eyJaaaaaaaa.eyJ"];
    const near = [
      "password is for a is ",
      "key for a ",
      "-----BEGIN A",
      "bearer ",
      "sha512-",
      "MIIEA",
      "aB3",
      "\ufdfa",
    ];
    const commands = [
      ...[
        "mysql - ",
        "mysql a b ",
        "docker login ",
        "sshpass a ",
        "net use /u:a",
        "net use \\\\a b ",
        "sqlplus a",
        "sqlplus a/",
      ],
      ...["echo 'a", "echo a | x", "sudo <<<", "--a-", "--pass ", "/a-a-", "identified with a by ", "htpasswd -b a b"],
    ];
    const values = [
      ...[
        "cookie: sess",
        "cookie:sesssess",
        "login with a/",
        "login a password ",
        "aaaaaa as a password",
        'password "',
      ],
      ...["password for a b c ", "password\n", "password_a_a\n value", 'password("', "root : ", "*:*:*:*:", "a:bbbbbb"],
      ...[
        "seed phrase abc abc ",
        "abc abc ",
        "?key=",
        "-----BEGIN a-----\naB3dE5fG7hJ9kL1mN3pQ",
        "abcdefghij0123456789 ",
      ],
    ];
    const random = ALL_SECRETS.map(([, template]) => fill(template, randomOf(template)));
    expect(slowest([...begun, ...near, " ", "=", "a", "a/eyA17aaaaaaaaaaaaaa.ey"])).toBeLessThan(MOST_MS);
    expect(slowest([...commands, ...values])).toBeLessThan(MOST_MS);
    expect(slowest([...random, ...random.map((text) => text.slice(0, 16)), ...ALL_HARMLESS])).toBeLessThan(MOST_MS);
  });
});
