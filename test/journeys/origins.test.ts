import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import type { Finding } from "../../src/domain/verify/findings.js";
import { slashCommandId } from "../../src/slack/interactions/command-ids.js";
import { packBody } from "../../src/slack/transport/kept-body.js";
import { type Journey, openJourney, verified } from "../support/journey/journey.js";
import { openThief, type Thief } from "../support/journey/thief.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

let on: Journey;
let trail: Trail;
let thief: Thief;

beforeAll(async () => {
  on = await openJourney();
  trail = openTrail(on.testApp.database.adminUrl);
  thief = openThief(on.testApp.database.appUrl);
});
afterAll(async () => {
  await thief.close();
  await trail.close();
  await on.close();
});

const prove = (args: readonly string[] = []) =>
  verified(on.testApp.database.appUrl, { secret: on.slack.signingSecret, args });

const newest = async (): Promise<number> => (await trail.entries()).at(-1)?.seq ?? 0;

/** The findings about entries after `seq`. */
const since = async (seq: number): Promise<readonly Finding[]> =>
  (await prove()).findings.filter((finding) => finding.seq > seq && finding.kind === "origin");

/** The origin of the newest entry of that type. */
async function originOf(type: string): Promise<string> {
  const [row] = await trail.sql<{ text: string }[]>`
    SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
    WHERE x.field = 'origin' AND t.body::jsonb ->> 'type' = ${type} ORDER BY t.seq DESC LIMIT 1`;
  if (row === undefined) throw new Error(`There is no origin of ${type}.`);
  return row.text;
}

const LOGGED = { type: "bypass.logged", via: "command" } as const;

describe("What people do through Slack", () => {
  test("is proven by the signing secret, act by act, and an attempt that is refused too", async () => {
    await on.priya.declares();
    await on.priya.presses("Approve", "BG-1", "alert");
    await on.priya.isTold("nobody approves their own");
    await on.noor.approves("BG-1", "alert");
    await on.alertSays("BG-1", "BG-1 active");
    await on.priya.types("log BG-1 moved  the\ttraffic & waited");
    await on.priya.repliesInThread("BG-1", "log: restarted <https://example.com|it>");
    await on.priya.isTold("Logged to BG-1");
    await on.priya.types("close BG-1");
    await on.priya.declares();
    await on.noor.denies("BG-2", "Wait for the suite.");
    await on.alertSays("BG-2", "BG-2 denied");
    await on.priya.declares({ Gates: ["e2e-suite", "two-approvals"] });
    await on.noor.approves("BG-3");
    await on.alertSays("BG-3", "BG-3 active");
    await on.noor.revokes("BG-3", "It is over.");
    await on.alertSays("BG-3", "BG-3 revoked");
    await on.allIsDelivered();
    const { findings, origins } = await prove();
    expect(findings).toEqual([]);
    const acts = 10;
    expect(origins).toEqual({
      acts,
      signed: acts,
      proven: acts,
      socket: 0,
      removed: 0,
      provenBefore: 0,
      removedAt: [],
      without: 0,
    });
    expect((await trail.entries()).map(({ type }) => type)).toContain("attempt.refused");
    expect(await originOf("attempt.refused")).toContain('"via":"slack-request"');
  });

  test("is only counted without the secret, and verify says so", async () => {
    const { findings, origins, cannotFind } = await verified(on.testApp.database.appUrl);
    expect(findings).toEqual([]);
    expect(origins).toMatchObject({ acts: 10, signed: 10, proven: null });
    expect(cannotFind.join(" ")).toContain("Without Slack's signing secret");
  });

  test("is proven by an old secret beside a new one, and by no other", async () => {
    const url = on.testApp.database.appUrl;
    const rotated = await verified(url, { secret: `0123\n${on.slack.signingSecret}\n` });
    expect(rotated).toMatchObject({ findings: [], origins: { proven: 10 } });
    const wrong = await verified(url, { secret: "0123" });
    expect(wrong.origins).toMatchObject({ signed: 10, proven: 0 });
    // Ten acts and the refused attempt.
    expect(wrong.findings).toHaveLength(11);
    expect(wrong.findings.every(({ message }) => message.endsWith("its request was not signed by Slack."))).toBe(true);
  });

  test("shows its request to nobody", async () => {
    const before = on.slack.ephemerals(on.dana.id).length;
    await on.dana.types("show BG-1");
    await on.slack.until(() => on.slack.ephemerals(on.dana.id)[before], "the record of BG-1");
    const shown = [...on.slack.messages(INCIDENTS), ...on.slack.ephemerals(on.dana.id)];
    expect(JSON.stringify(shown)).not.toMatch(/slack-request|trigger_id|v0=/);
    const effects = await trail.sql`SELECT FROM breakglass.outbox WHERE effect::text ~ 'slack-request|trigger_id'`;
    expect(effects).toHaveLength(0);
  });
});

describe("Whoever has the run-time password cannot make", () => {
  let before = 0;
  beforeAll(async () => {
    await on.priya.declares();
    await on.alert("BG-4");
    await on.noor.presses("Approve", "BG-4", "alert");
    await on.alertSays("BG-4", "BG-4 active");
    await on.allIsDelivered();
    before = await newest();
  });

  test("an act without an origin", async () => {
    await thief.forge({ n: 4, event: LOGGED, user: on.priya.id, texts: { line: "made up" } });
    expect(await since(before)).toMatchObject([{ message: expect.stringContaining("nothing shows that Slack") }]);
    before = await newest();
  });

  test("an act with an origin that is none, or one of Socket Mode", async () => {
    await thief.forge({ n: 4, event: LOGGED, user: on.priya.id, texts: { line: "made up", origin: "trust me" } });
    await thief.forge({
      n: 4,
      event: LOGGED,
      user: on.priya.id,
      texts: { line: "made up", origin: '{"id":"e1","via":"socket-envelope"}' },
    });
    expect((await since(before)).map(({ message }) => message.replace(/^Entry \d+: /, ""))).toEqual([
      "nothing shows that Slack delivered what it records.",
      "it says that it came over Socket Mode, where nothing is signed.",
    ]);
    const allowed = await prove(["--socket-mode"]);
    expect(allowed.origins.socket).toBe(1);
    expect(allowed.findings.filter(({ message }) => message.includes("Socket Mode"))).toEqual([]);
    expect(allowed.cannotFind.join(" ")).toContain("Socket Mode");
    before = await newest();
  });

  test("an approval of a press that was refused", async () => {
    await on.priya.declares();
    await on.alert("BG-5");
    await on.lee.presses("Approve", "BG-5", "alert");
    await on.lee.isTold("Not approved");
    await on.allIsDelivered();
    before = await newest();
    const refused = (await trail.entries(5)).find(({ type }) => type === "attempt.refused");
    const command = String(JSON.parse(refused?.body ?? "{}").command).replace("!", "");
    const [declared] = (await thief.ledger.load(5)).entries;
    if (declared?.event.type !== "bypass.declared") throw new Error("BG-5 has no declaration");
    const { policyHash } = declared.event;
    const given = {
      type: "ack.given",
      count: 1,
      needed: 1,
      accounts: [on.lee.id],
      policyHash,
      roleAsOf: null,
    } as const;
    await thief.forge({
      n: 5,
      event: given,
      user: on.lee.id,
      texts: { origin: await originOf("attempt.refused") },
      commandId: command,
    });
    expect((await since(before)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/its request was used for another entry before\.$/),
    ]);
    before = await newest();
  });

  interface Sent {
    readonly text?: string;
    readonly team?: string;
    readonly ageSeconds?: number;
    /** What the forger changes after Slack has signed it. */
    readonly alter?: (body: string) => object;
    readonly user?: string;
    readonly line?: string;
    readonly commandId?: string;
  }

  test.each<[string, RegExp | null, Sent]>([
    ["nothing that differs", null, {}],
    ["another body", /not signed by Slack/, { alter: (body) => ({ deflated: packBody(`${body}x`) }) }],
    ["another signature", /not signed by Slack/, { alter: () => ({ signature: `v0=${"0".repeat(64)}` }) }],
    ["another timestamp", /not signed by Slack/, { alter: () => ({ timestamp: "1796000000" }) }],
    ["a request of an hour ago", /of another time/, { ageSeconds: 3_600 }],
    ["a request of tomorrow", /of another time/, { ageSeconds: -86_400 }],
    ["another person", /by another account/, { user: CAST.omar }],
    ["another line", /holds another line/, { line: "all is lost" }],
    ["another bypass", /about something else/, { text: "log BG-3 all is well" }],
    ["another subcommand", /asks for something else/, { text: "close BG-4" }],
    ["a command that changes nothing", /asks for nothing/, { text: "show BG-4" }],
    ["another command's id", /of another command/, { commandId: "another" }],
    ["another workspace", /from another workspace/, { team: "T0OTHER" }],
  ])("a line in the log from %s", async (what, finding, sent) => {
    const { text = "log BG-4 all is well", team = on.slack.teamId, ageSeconds = 0, alter = () => ({}) } = sent;
    const { user = on.priya.id, line = "all is well", commandId = slashCommandId(what) } = sent;
    const body = new URLSearchParams({
      ...{ team_id: team, user_id: on.priya.id, channel_id: INCIDENTS, command: "/breakglass", text },
      ...{ trigger_id: what, response_url: "https://hooks.slack.com/commands/1" },
    }).toString();
    const timestamp = Math.floor(Date.now() / 1_000) - ageSeconds;
    const signature = on.slack.sign(body, timestamp)["x-slack-signature"];
    const request = { via: "slack-request", timestamp: String(timestamp), signature, deflated: packBody(body) };
    await thief.forge({
      n: 4,
      event: LOGGED,
      user,
      texts: { line, origin: JSON.stringify({ ...request, ...alter(body) }) },
      commandId,
    });
    const found = (await since(before)).map(({ message }) => message);
    expect(found).toEqual(finding === null ? [] : [expect.stringMatching(finding)]);
    before = await newest();
  });
});

test("an act over Socket Mode names its envelope, which is counted and proves nothing", async () => {
  const socket = await openJourney({ intake: "socket" });
  try {
    await socket.priya.declares();
    await socket.noor.approves("BG-1", "alert");
    await socket.alertSays("BG-1", "BG-1 active");
    await socket.allIsDelivered();
    const { appUrl } = socket.testApp.database;
    const origins = {
      acts: 2,
      signed: 0,
      proven: 0,
      socket: 2,
      removed: 0,
      provenBefore: 0,
      removedAt: [],
      without: 0,
    };
    const { signingSecret: secret } = socket.slack;
    expect(await verified(appUrl, { secret, args: ["--socket-mode"] })).toMatchObject({ findings: [], origins });
    expect((await verified(appUrl, { secret })).findings).toHaveLength(2);
  } finally {
    await socket.close();
  }
});
