import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import type { AccountStatus } from "../../../src/domain/decisions/principal.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import { createDirectory, type SlackDirectory } from "../../../src/slack/directory/directory.js";
import { accountStatusOf, idsOfAnswer } from "../../../src/slack/directory/shapes.js";
import { createPace } from "../../../src/slack/pacing/pace.js";
import { withUrgency } from "../../../src/usecases/ports/urgency.js";
import { directoryContract } from "../../contract/directory.js";
import { tallyLog } from "../../jobs/tally.js";
import { DANA, PRIYA } from "../messages/fixtures.js";
import { directoryOf, incidentWorkspace, type manualClock } from "../workspace.js";

const PERSON_OF: Readonly<Record<AccountStatus, object>> = {
  member: {},
  guest: { guest: "multi" },
  bot: { bot: true },
  deactivated: { deactivated: true },
  foreign: { teamId: "T0ELSEWHERE", stranger: true },
};

directoryContract("createDirectory", async () => {
  const { slack, clock, directory } = await incidentWorkspace();
  return {
    directory,
    person: (id, accountStatus) => slack.people.add({ id, name: id.toLowerCase(), ...PERSON_OF[accountStatus] }),
    group: (id, users) => slack.groups.add(id, id.toLowerCase(), users),
    cut: async () => {
      await slack.faults.unreachable();
      return () => slack.faults.reachable();
    },
    advance: clock.advance,
    stop: () => slack.stop(),
  };
});

describe("createDirectory", () => {
  let slack: SlackDouble;
  let clock: ReturnType<typeof manualClock>;
  let directory: SlackDirectory;
  beforeEach(async () => {
    ({ slack, clock, directory } = await incidentWorkspace());
  });
  afterEach(async () => {
    expect(slack.violations).toEqual([]);
    await slack.stop();
  });
  const calls = (method: string): number => slack.record.calls.filter((call) => call.method === method).length;

  test("simultaneous clicks cause one request, and none follows within 30 seconds", async () => {
    await Promise.all(Array.from({ length: 20 }, () => [directory.account(DANA), directory.group("S0LEADS")]).flat());
    clock.advance(30_000);
    await directory.account(DANA);
    expect([calls("users.info"), calls("usergroups.users.list")]).toEqual([1, 1]);
    clock.advance(1);
    await directory.account(DANA);
    expect(calls("users.info")).toBe(2);
  });

  test("a click finds a call at Slack's rate, however many lookups nobody waits for", async () => {
    await slack.stop();
    slack = await createSlackDouble({ rateLimits: true });
    const ids = Array.from({ length: 300 }, (_, place) => `U0M${place}`);
    for (const id of [...ids, PRIYA]) slack.people.add({ id, name: id.toLowerCase() });
    const around = createPace({ paced: true, log: tallyLog().log });
    const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 1500, around });
    const paced = createDirectory({ client, now: clock.now });
    const read = await withUrgency("upkeep", () => Promise.all(ids.map((id) => paced.account(id))));
    expect(read.filter((account) => account !== null)).toHaveLength(40);
    expect(await paced.account(PRIYA)).toMatchObject({ accountStatus: "member" });
    expect(slack.record.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("a forgotten account is read again at once", async () => {
    await directory.account(DANA);
    slack.people.update(DANA, { deactivated: true });
    directory.forget(DANA);
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "deactivated" });
  });

  test("a lookup gives up after 1.5 seconds and falls back to an older reading", async () => {
    await directory.account(DANA);
    clock.advance(60_000);
    const slowDirectory = directoryOf(slack, clock.now, 30_000);
    await slowDirectory.account(DANA);
    slack.faults.set("users.info", { kind: "hang" }, "always");
    clock.advance(60_000);
    const began = performance.now();
    expect(await slowDirectory.account(DANA)).toMatchObject({ accountStatus: "member", stale: true });
    expect(performance.now() - began).toBeLessThan(2500);
    expect(await slowDirectory.account(PRIYA)).toBeNull();
  });

  test("a clock that is set back does not make an old reading current", async () => {
    await directory.account(DANA);
    slack.people.update(DANA, { deactivated: true });
    clock.advance(-3_600_000);
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "deactivated" });
  });

  test("an account unknown to Slack is foreign, an unknown group is empty, and both are listed as unknown ids", async () => {
    expect(await directory.account("U0NOBODY")).toMatchObject({ accountStatus: "foreign" });
    expect(await directory.group("S0GONE")).toMatchObject({ users: [] });
    expect(directory.unknownIds()).toEqual(["S0GONE", "U0NOBODY"]);
    slack.groups.add("S0GONE", "back", []);
    clock.advance(31_000);
    await directory.group("S0GONE");
    expect(directory.unknownIds()).toEqual(["U0NOBODY"]);
  });

  test("an account is known by both ids once Slack has answered for one with the other, and is read again by either", async () => {
    slack.people.add({ id: "W0DANA", name: "dana", sameAs: DANA });
    expect((await directory.account(DANA))?.ids).toEqual([DANA]);
    expect((await directory.account("W0DANA"))?.ids).toEqual(expect.arrayContaining([DANA, "W0DANA"]));
    expect((await directory.account(DANA))?.ids).toEqual(expect.arrayContaining([DANA, "W0DANA"]));
    slack.people.update(DANA, { deactivated: true });
    directory.forget("W0DANA");
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "deactivated" });
  });

  test("an account has the id of its organisation too", () => {
    const enterprise_user = { id: "W0DANA", enterprise_id: "E1" };
    expect(idsOfAnswer({ id: DANA, enterprise_user })).toEqual([DANA, "W0DANA"]);
  });

  test("USLACKBOT is a bot without a request to Slack", async () => {
    expect(await directory.account("USLACKBOT")).toMatchObject({ accountStatus: "bot" });
    expect(calls("users.info")).toBe(0);
  });

  test("no account counts as a member while the home workspace is unknown", async () => {
    slack.faults.set("auth.test", { kind: "http", status: 500 }, { next: 1 });
    expect(await directory.account(DANA)).toBeNull();
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "member" });
  });

  test("sharing tells whether a channel is shared, and null when that is unknown", async () => {
    slack.channels.add({ id: "C0SHARED", name: "shared", shared: true, members: [] });
    slack.channels.add({ id: "C0OTHER", name: "other", members: [] });
    expect(await directory.sharing("C0INC")).toBe(false);
    expect(await directory.sharing("C0SHARED")).toBe(true);
    expect(await directory.sharing("C0NOWHERE")).toBe(true);
    await slack.faults.unreachable();
    expect(await directory.sharing("C0OTHER")).toBeNull();
    clock.advance(16 * 60_000);
    expect(await directory.sharing("C0INC")).toBeNull();
    await slack.faults.reachable();
    expect(await directory.sharing("C0OTHER")).toBe(false);
  });

  test("channelId finds a channel by name on a later page and caches it", async () => {
    for (let n = 0; n < 1005; n += 1) slack.channels.add({ id: `C0X${n}`, name: `x${n}`, members: [] });
    expect(await directory.channelId("#x1004")).toBe("C0X1004");
    expect(await directory.channelId("#x1004")).toBe("C0X1004");
    expect(calls("users.conversations")).toBe(2);
    expect(await directory.channelId("#nowhere")).toBeNull();
    expect(await directory.channelId("C0INC")).toBe("C0INC");
    expect(await directory.sharing("#incidents")).toBe(false);
  });

  test("a name is resolved by one call in a workspace of 6,800 channels, by Slack's rates, and is kept", async () => {
    await slack.stop();
    ({ slack, clock, directory } = await incidentWorkspace({ rateLimits: true }));
    for (let n = 0; n < 6_800; n += 1)
      slack.channels.add({ id: `C0X${n}`, name: `x${n}`, members: [], botIsMember: false });
    slack.channels.add({ id: "C0WAR", name: "war-room", members: [PRIYA] });
    for (let round = 0; round < 40; round += 1) {
      expect(await directory.sharing("#war-room")).toBe(false);
      expect(await directory.channelId("#war-room")).toBe("C0WAR");
    }
    expect([calls("users.conversations"), calls("conversations.info"), calls("conversations.list")]).toEqual([1, 1, 0]);
    expect(slack.record.calls.filter(({ error }) => error === "ratelimited")).toEqual([]);
  });

  test("a channel whose details Slack does not give is known by the list of the bot's own channels", async () => {
    slack.channels.add({ id: "C0SHARED", name: "shared", shared: true, members: [] });
    slack.faults.set("conversations.info", { kind: "rate_limit", retryAfter: 30 }, "always");
    expect(await directory.sharing("#incidents")).toBe(false);
    expect(await directory.sharing("C0SHARED")).toBe(true);
  });

  test("a channel that the bot was just invited to is found within half a minute", async () => {
    expect(await directory.channelId("#new")).toBeNull();
    slack.channels.add({ id: "C0NEW", name: "new", members: [PRIYA] });
    expect(await directory.channelId("#new")).toBeNull();
    clock.advance(30_000);
    expect(await directory.channelId("#new")).toBe("C0NEW");
  });
});

test("a server without conversations.info and users.conversations has no shared channels, and names stand for channel ids", async () => {
  const answer = async () => new Response('{"ok":false,"error":"unknown_method"}');
  const client = new WebClient("xoxb-1", { fetch: answer, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR });
  const directory = createDirectory({ client, now: () => 0 });
  expect(await directory.sharing("C0INC")).toBe(false);
  expect(await directory.channelId("#incidents")).toBe("#incidents");
});

describe("accountStatusOf", () => {
  const home = { teamId: "T0HOME", enterpriseId: "E0HOME", url: null, botUserId: "U0BOT" };
  test.each([
    ["a member of the home team", { team_id: "T0HOME" }, "member"],
    [
      "a member of another workspace of the same organisation",
      { team_id: "T0SISTER", enterprise_user: { enterprise_id: "E0HOME" } },
      "member",
    ],
    [
      "a member of another organisation",
      { team_id: "T0ELSE", enterprise_user: { enterprise_id: "E0ELSE" } },
      "foreign",
    ],
    ["an account without a team", {}, "foreign"],
    ["a stranger who claims the home team", { team_id: "T0HOME", is_stranger: true }, "foreign"],
    ["a deactivated guest", { team_id: "T0HOME", deleted: true, is_restricted: true }, "deactivated"],
    ["a single-channel guest", { team_id: "T0HOME", is_ultra_restricted: true }, "guest"],
  ])("%s (%o) is %s", (_, user, expected) => {
    expect(accountStatusOf({ id: "U0SOME", ...user }, home)).toBe(expected);
  });

  test("an account of another team is foreign when the home team belongs to no organisation", () => {
    const alone = { ...home, enterpriseId: null };
    expect(accountStatusOf({ id: "U0SOME", team_id: "T0ELSE", enterprise_user: {} }, alone)).toBe("foreign");
  });
});
