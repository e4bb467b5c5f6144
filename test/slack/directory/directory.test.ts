import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import type { AccountStatus } from "../../../src/domain/decisions/principal.js";
import { createDirectory, type SlackDirectory } from "../../../src/slack/directory/directory.js";
import { accountStatusOf } from "../../../src/slack/directory/shapes.js";
import { directoryContract } from "../../contract/directory.js";
import { DANA, PRIYA } from "../messages/fixtures.js";
import { directoryOf, type handClock, incidentWorkspace } from "../workspace.js";

const AS: Readonly<Record<AccountStatus, object>> = {
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
    person: (id, accountStatus) => slack.people.add({ id, name: id.toLowerCase(), ...AS[accountStatus] }),
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
  let clock: ReturnType<typeof handClock>;
  let directory: SlackDirectory;
  beforeEach(async () => {
    ({ slack, clock, directory } = await incidentWorkspace());
  });
  afterEach(async () => {
    expect(slack.violations).toEqual([]);
    await slack.stop();
  });
  const calls = (method: string): number => slack.record.calls.filter((call) => call.method === method).length;

  test("asks once for a crowd of clicks, and not again within 30 seconds", async () => {
    await Promise.all(Array.from({ length: 20 }, () => [directory.account(DANA), directory.group("S0LEADS")]).flat());
    clock.advance(30_000);
    await directory.account(DANA);
    expect([calls("users.info"), calls("usergroups.users.list")]).toEqual([1, 1]);
    clock.advance(1);
    await directory.account(DANA);
    expect(calls("users.info")).toBe(2);
  });

  test("a forgotten account is read anew at once", async () => {
    await directory.account(DANA);
    slack.people.update(DANA, { deactivated: true });
    directory.forget(DANA);
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "deactivated" });
  });

  test("gives up after 1.5 seconds and falls back on an older reading", async () => {
    await directory.account(DANA);
    clock.advance(60_000);
    const patient = directoryOf(slack, clock.now, 30_000);
    await patient.account(DANA);
    slack.faults.set("users.info", { kind: "hang" }, "always");
    clock.advance(60_000);
    const began = performance.now();
    expect(await patient.account(DANA)).toMatchObject({ accountStatus: "member", stale: true });
    expect(performance.now() - began).toBeLessThan(2500);
    expect(await patient.account(PRIYA)).toBeNull();
  });

  test("a clock that was set back does not make an old reading fresh", async () => {
    await directory.account(DANA);
    slack.people.update(DANA, { deactivated: true });
    clock.advance(-3_600_000);
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "deactivated" });
  });

  test("an account that Slack does not know is foreign, a group that it does not know is empty, and both are named", async () => {
    expect(await directory.account("U0NOBODY")).toMatchObject({ accountStatus: "foreign" });
    expect(await directory.group("S0GONE")).toMatchObject({ users: [] });
    expect(directory.unknownIds()).toEqual(["S0GONE", "U0NOBODY"]);
    slack.groups.add("S0GONE", "back", []);
    clock.advance(31_000);
    await directory.group("S0GONE");
    expect(directory.unknownIds()).toEqual(["U0NOBODY"]);
  });

  test("USLACKBOT is a bot without asking", async () => {
    expect(await directory.account("USLACKBOT")).toMatchObject({ accountStatus: "bot" });
    expect(calls("users.info")).toBe(0);
  });

  test("without knowing its own workspace it tells nobody for a member", async () => {
    slack.faults.set("auth.test", { kind: "http", status: 500 }, { next: 1 });
    expect(await directory.account(DANA)).toBeNull();
    expect(await directory.account(DANA)).toMatchObject({ accountStatus: "member" });
  });

  test("tells whether a channel is shared, and when that is not known", async () => {
    slack.channels.add({ id: "C0SHARED", name: "shared", shared: true, members: [] });
    slack.channels.add({ id: "C0OTHER", name: "other", members: [] });
    expect(await directory.sharing("C0INC")).toBe(false);
    expect(await directory.sharing("C0SHARED")).toBe(true);
    expect(await directory.sharing("C0NOWHERE")).toBe(true);
    await slack.faults.unreachable();
    expect(await directory.sharing("C0OTHER")).toBeNull();
    await slack.faults.reachable();
    expect(await directory.sharing("C0OTHER")).toBe(false);
  });

  test("finds a channel by name on a later page, and remembers it", async () => {
    for (let n = 0; n < 1005; n += 1) slack.channels.add({ id: `C0X${n}`, name: `x${n}`, members: [] });
    expect(await directory.channelId("#x1004")).toBe("C0X1004");
    expect(await directory.channelId("#x1004")).toBe("C0X1004");
    expect(calls("conversations.list")).toBe(2);
    expect(await directory.channelId("#nowhere")).toBeNull();
    expect(await directory.channelId("C0INC")).toBe("C0INC");
    expect(await directory.sharing("#incidents")).toBe(false);
  });
});

test("a server that does not know a method has no shared channels, and its channels have no ids", async () => {
  const answer = async () => new Response('{"ok":false,"error":"unknown_method"}');
  const client = new WebClient("xoxb-1", { fetch: answer, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR });
  const lacking = createDirectory({ client, now: () => 0 });
  expect(await lacking.sharing("C0INC")).toBe(false);
  expect(await lacking.channelId("#incidents")).toBe("#incidents");
});

describe("accountStatus", () => {
  const home = { teamId: "T0HOME", enterpriseId: "E0HOME", url: null };
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
  ])("%s", (_, user, expected) => {
    expect(accountStatusOf({ id: "U0SOME", ...user }, home)).toBe(expected);
  });

  test("outside an organisation an account of another team is foreign, organisation or not", () => {
    const alone = { ...home, enterpriseId: null };
    expect(accountStatusOf({ id: "U0SOME", team_id: "T0ELSE", enterprise_user: {} }, alone)).toBe("foreign");
  });
});
