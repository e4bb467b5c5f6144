import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CiGround, type GroundKeys, makeGroundKeys, openCiGround } from "../../support/ci/ground.js";

let keys: GroundKeys;
let ground: CiGround;
beforeAll(async () => {
  keys = await makeGroundKeys();
});
beforeEach(async () => {
  ground = await openCiGround(keys);
});
afterEach(() => ground.stop());

const attempts = (): number => ground.issuers.github.requests.discovery;
const why = async (token: string): Promise<string> => {
  const result = await ground.identify(token);
  return result.ok ? "ok" : result.why;
};
/** What the bot does once a minute; a test of a long time takes longer steps. */
async function minutes(count: number, step = 1): Promise<void> {
  for (let minute = 0; minute < count; minute += step) {
    ground.advance(60 * step);
    await ground.identities.refreshDue();
  }
}

describe("the keys of an issuer", () => {
  test("are read at the first token, if nobody has read them before, and then held", async () => {
    expect(await why(await ground.mint("github"))).toBe("ok");
    for (let n = 0; n < 20; n += 1) expect(await why(await ground.mint("github"))).toBe("ok");
    expect(ground.issuers.github.requests).toEqual({ discovery: 1, keys: 1, other: 0 });
  });

  test("are read anew every five minutes, whether or not anybody asks", async () => {
    await minutes(61);
    expect(attempts()).toBe(13);
    expect(ground.identities.ages().map(({ ageS }) => ageS)).toEqual([0, 0, 0, 0]);
  });

  test("are read once for many tokens at the same time", async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => ground.mint("github")));
    expect(new Set(await Promise.all(tokens.map(why)))).toEqual(new Set(["ok"]));
    expect(attempts()).toBe(1);
  });

  test("follow a rotation at the first token of the new key", async () => {
    const before = await ground.mint("github");
    expect(await why(before)).toBe("ok");
    ground.advance(31);
    await ground.issuers.github.rotate();
    expect(await why(await ground.mint("github"))).toBe("ok");
    expect(await why(before)).toBe("ok");
    expect(attempts()).toBe(2);
  });

  test("count no longer from the next reading after they were withdrawn", async () => {
    const { issuers } = ground;
    const old = issuers.github.key;
    await ground.identities.refreshDue();
    await issuers.github.rotate();
    issuers.github.withdraw(old.kid);
    await minutes(4);
    expect(await why(await ground.mint("github", { key: old }))).toBe("ok");
    await minutes(1);
    expect(await why(await ground.mint("github", { key: old }))).toBe("unknown_key");
    expect(await why(await ground.mint("github"))).toBe("ok");
  });

  test("count no longer when all of them are withdrawn", async () => {
    await ground.identities.refreshDue();
    ground.issuers.github.fail({ keys: { keys: [] } });
    await minutes(5);
    expect(await why(await ground.mint("github"))).toBe("unknown_key");
    expect(ground.logged.map(({ event }) => event)).toContain("ci_keys.none");
  });

  test("last through a day of outage and no longer, and come back with the issuer", async () => {
    await ground.identities.refreshDue();
    ground.issuers.github.fail("away");
    await minutes(24 * 60, 15);
    expect(await why(await ground.mint("github"))).toBe("ok");
    await minutes(1);
    expect(await why(await ground.mint("github"))).toBe("keys_unavailable");
    expect(await why(await ground.mint("gitlab"))).toBe("ok");
    ground.issuers.github.fail(null);
    await minutes(1);
    expect(await why(await ground.mint("github"))).toBe("ok");
  });

  test("do not last longer because somebody asks with a key that nobody knows", async () => {
    await ground.identities.refreshDue();
    ground.issuers.github.fail("away");
    ground.advance(24 * 3_600 + 1);
    expect(await why(await ground.mint("github", { header: { kid: "other" } }))).toBe("keys_unavailable");
    expect(await why(await ground.mint("github"))).toBe("keys_unavailable");
  });

  test("of another issuer are not touched by a token", async () => {
    await why(await ground.mint("github", { header: { kid: "other" } }));
    expect(ground.issuers.gitlab.requests).toEqual({ discovery: 0, keys: 0, other: 0 });
  });

  test("are forgotten with the issuer's entry in the policy, and read at once with a new one", async () => {
    await ground.identities.refreshDue();
    ground.change((text) => text.replace(/ {4}- provider: github[\s\S]*?\}\]\n/, ""));
    await minutes(10);
    expect(attempts()).toBe(1);
    expect(ground.identities.ages()).toHaveLength(3);
    ground.change((text) => text);
    await ground.identities.refreshDue();
    expect(attempts()).toBe(2);
  });
});

describe("an issuer is asked at most once in 30 s, whatever comes in", () => {
  test.each([
    ["while it answers", null],
    ["while it is away", "away"],
    ["while it answers with errors", { status: 500 }],
    ["while it answers with something else", { discovery: "<html>", keys: "<html>" }],
  ] as const)("%s", async (_when, outage) => {
    await ground.identities.refreshDue();
    ground.issuers.github.fail(outage);
    ground.advance(31);
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      const tokens = Array.from({ length: 333 }, (_, n) => ground.mint("github", { header: { kid: `made-up-${n}` } }));
      const answers = await Promise.all((await Promise.all(tokens)).map(why));
      expect(new Set(answers)).toEqual(new Set([outage === null ? "unknown_key" : "keys_unavailable"]));
      await ground.identities.refreshDue();
      expect(attempts()).toBe(attempt);
      ground.advance(30);
    }
  });

  test.each([
    ["while it answers", null],
    ["while it is away", "away"],
  ] as const)(
    "1,000 unknown keys over five minutes, one after the other, are ten attempts %s",
    async (_when, outage) => {
      await ground.identities.refreshDue();
      ground.issuers.github.fail(outage);
      const token = await ground.mint("github", { header: { kid: "other" } });
      for (let n = 0; n < 1_000; n += 1) {
        await ground.identify(token);
        ground.advance(0.3);
      }
      expect(attempts()).toBe(10);
    },
  );

  test("a key that is new within these 30 s is known after them", async () => {
    await ground.identities.refreshDue();
    await ground.issuers.github.rotate();
    expect(await why(await ground.mint("github"))).toBe("unknown_key");
    ground.advance(30);
    expect(await why(await ground.mint("github"))).toBe("ok");
  });
});

describe("what /readyz says of the keys", () => {
  test("is nothing before they were tried and while they are fresh", async () => {
    expect(ground.identities.trouble()).toEqual([]);
    await ground.identities.refreshDue();
    expect(ground.identities.trouble()).toEqual([]);
  });

  test("is the age of those that are older than three refreshes, until they are read again", async () => {
    await ground.identities.refreshDue();
    const { github } = ground.issuers;
    github.fail("away");
    await minutes(15);
    expect(ground.identities.trouble()).toEqual([]);
    await minutes(80);
    expect(ground.identities.trouble()).toEqual([`ci_keys_stale: ${github.url}=95m`]);
    github.fail(null);
    await minutes(1);
    expect(ground.identities.trouble()).toEqual([]);
  });

  test("is that they never came, for an issuer that does not answer", async () => {
    const { circleci } = ground.issuers;
    circleci.fail("away");
    await ground.identities.refreshDue();
    expect(ground.identities.trouble()).toEqual([`ci_keys_stale: ${circleci.url}=never_read`]);
  });

  test("is told once in the log, with the reason and no token, and once when it is over", async () => {
    const { github } = ground.issuers;
    github.fail({ status: 503 });
    await minutes(5);
    github.fail(null);
    await minutes(1);
    const lines = ground.logged.filter(({ fields }) => fields.issuer === github.url);
    expect(lines).toMatchObject([
      { event: "ci_keys.unread", fields: { code: "http_503", hint: expect.stringContaining("openid-configuration") } },
      { event: "ci_keys.read_again" },
    ]);
  });
});
