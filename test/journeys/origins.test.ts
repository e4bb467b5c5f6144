import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import type { BypassEvent } from "../../src/domain/events/catalogue/catalogue.js";
import { readOrigin } from "../../src/domain/events/origin.js";
import type { Finding } from "../../src/domain/verify/findings.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { slashCommandId } from "../../src/slack/interactions/command-ids.js";
import { packBody, unpackBody } from "../../src/slack/transport/kept-body.js";
import type { Ledger } from "../../src/usecases/ports/ports.js";
import { itemOf, newId, stateOf, taken } from "../contract/items.js";
import { type Journey, openJourney, verified } from "../support/journey/journey.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

let on: Journey;
let trail: Trail;
let thief: Database;
let stolen: Ledger;

beforeAll(async () => {
  on = await openJourney();
  trail = openTrail(on.testApp.database.adminUrl);
  // All that the run-time password allows.
  thief = createDatabase({ url: on.testApp.database.appUrl, max: 2, applicationName: "thief" });
  stolen = createLedger(thief, { deadlineMs: 10_000 });
});
afterAll(async () => {
  await thief.end();
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

const actor = (user: string, person = user) => ({ kind: "person", user, person }) as const;

/** Commits an entry of anybody with any origin, as whoever stole the run-time password can. */
async function forge(
  n: number,
  event: BypassEvent,
  user: string,
  texts: { readonly origin?: string; readonly line?: string; readonly reason?: string } = {},
  commandId = newId("forged"),
): Promise<void> {
  const at = (await stolen.now()).toISOString();
  const entry = { event, actor: actor(user), at, texts };
  taken(await stolen.commit(itemOf({ n, state: await stateOf(stolen, n), entries: [entry], commandId })));
}

const REVIEWED = {
  Verdict: "justified",
  "What Forced It": "real-emergency",
  "The Skipped Check": "passed-later",
  "What We Learned": "The certificate is checked every week from now on.",
};

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
    expect(origins).toEqual({ acts, signed: acts, proven: acts, socket: 0, removed: 0, without: 0 });
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
    await forge(4, LOGGED, on.priya.id, { line: "made up" });
    expect(await since(before)).toMatchObject([{ message: expect.stringContaining("nothing shows that Slack") }]);
    before = await newest();
  });

  test("an act with an origin that is none, or one of Socket Mode", async () => {
    await forge(4, LOGGED, on.priya.id, { line: "made up", origin: "trust me" });
    await forge(4, LOGGED, on.priya.id, { line: "made up", origin: '{"id":"e1","via":"socket-envelope"}' });
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
    const [declared] = (await stolen.load(5)).entries;
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
    await forge(5, given, on.lee.id, { origin: await originOf("attempt.refused") }, command);
    expect((await since(before)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/its request was used for another entry before\.$/),
    ]);
    before = await newest();
  });

  const at = () => Math.floor(Date.now() / 1000);
  let count = 0;
  /** A slash command that Slack could have sent. */
  const typed = (text: string, over: Readonly<Record<string, string>> = {}) => {
    count += 1;
    const trigger_id = `1.2.${count}`;
    const body = new URLSearchParams({
      ...{ team_id: on.slack.teamId, user_id: on.priya.id, channel_id: INCIDENTS, command: "/breakglass", text },
      ...{ trigger_id, response_url: "https://hooks.slack.com/commands/1", ...over },
    }).toString();
    return { body, commandId: slashCommandId(trigger_id) };
  };
  type Typed = ReturnType<typeof typed>;
  const signed = ({ body }: Typed, timestamp = at()) => {
    const signature = on.slack.sign(body, timestamp)["x-slack-signature"] ?? "";
    return { deflated: packBody(body), signature, timestamp: String(timestamp), via: "slack-request" };
  };
  const good = () => typed("log BG-4 all is well");

  test.each<[string, RegExp | null, () => { request: object; commandId: string; user?: string; line?: string }]>([
    [
      "nothing that differs",
      null,
      () => {
        const one = good();
        return { request: signed(one), ...one };
      },
    ],
    [
      "another body",
      /not signed by Slack/,
      () => {
        const one = good();
        return { ...one, request: { ...signed(one), deflated: packBody(`${one.body}x`) } };
      },
    ],
    [
      "another signature",
      /not signed by Slack/,
      () => {
        const one = good();
        return { ...one, request: { ...signed(one), signature: `v0=${"0".repeat(64)}` } };
      },
    ],
    [
      "another timestamp",
      /not signed by Slack/,
      () => {
        const one = good();
        return { ...one, request: { ...signed(one), timestamp: String(at() - 1) } };
      },
    ],
    [
      "a request of an hour ago",
      /of another time/,
      () => {
        const one = good();
        return { ...one, request: signed(one, at() - 3_600) };
      },
    ],
    [
      "a request of tomorrow",
      /of another time/,
      () => {
        const one = good();
        return { ...one, request: signed(one, at() + 86_400) };
      },
    ],
    [
      "another person",
      /by another account/,
      () => {
        const one = good();
        return { ...one, request: signed(one), user: on.omar.id };
      },
    ],
    [
      "another line",
      /holds another line/,
      () => {
        const one = good();
        return { ...one, request: signed(one), line: "all is lost" };
      },
    ],
    [
      "another bypass",
      /about something else/,
      () => {
        const one = typed("log BG-3 all is well");
        return { ...one, request: signed(one) };
      },
    ],
    [
      "another subcommand",
      /asks for something else/,
      () => {
        const one = typed("close BG-4");
        return { ...one, request: signed(one) };
      },
    ],
    [
      "a command that changes nothing",
      /asks for nothing/,
      () => {
        const one = typed("show BG-4");
        return { ...one, request: signed(one) };
      },
    ],
    ["another command's id", /of another command/, () => ({ request: signed(good()), commandId: newId("other") })],
    [
      "another workspace",
      /from another workspace/,
      () => {
        const one = typed("log BG-4 all is well", { team_id: "T0OTHER" });
        return { ...one, request: signed(one) };
      },
    ],
  ])("a line in the log from %s", async (_what, finding, make) => {
    const { request, commandId, user = on.priya.id, line = "all is well" } = make();
    const origin = JSON.stringify(Object.fromEntries(Object.entries(request).sort()));
    await forge(4, LOGGED, user, { line, origin }, commandId);
    const found = (await since(before)).map(({ message }) => message);
    expect(found).toEqual(finding === null ? [] : [expect.stringMatching(finding)]);
    before = await newest();
  });
});

describe("A redaction", () => {
  test("takes the origins that may hold the text with it, and stays provable itself", async () => {
    const of = async (type: string, n: number) => (await trail.entries(n)).find((one) => one.type === type)?.seq ?? 0;
    const declaredAt = await of("bypass.declared", 3);
    const before = await newest();
    await on.dana.types(`redact ${declaredAt} reason a token was pasted`);
    await on.dana.types(`redact ${declaredAt} target so was another`);
    await on.allIsDelivered();
    const kept = await trail.sql<{ type: string }[]>`
      SELECT t.body::jsonb ->> 'type' AS type FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE x.field = 'origin' AND x.text IS NOT NULL AND t.stream = 'BG-3' ORDER BY t.seq`;
    expect(kept.map(({ type }) => type)).toEqual(["text.redacted", "text.redacted", "text.redacted"]);
    expect(await since(before)).toEqual([]);
    const { origins, findings } = await prove();
    expect(origins.removed).toBeGreaterThanOrEqual(3);
    expect(findings.filter(({ kind }) => kind !== "origin" && kind !== "violation")).toEqual([]);
  });

  test("of an origin alone leaves the texts", async () => {
    const line = (await trail.entries(1)).find(({ type }) => type === "bypass.logged")?.seq ?? 0;
    await on.dana.types(`redact ${line} origin a file was attached`);
    await on.dana.isTold("is gone for good");
    const rows =
      await trail.sql`SELECT field, text IS NULL AS gone FROM breakglass.trail_text WHERE seq = ${line} ORDER BY 1`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { field: "line", gone: false },
      { field: "origin", gone: true },
    ]);
    expect((await prove()).findings.filter(({ seq }) => seq === line)).toEqual([]);
  });

  test("is missed where an origin is gone without it", async () => {
    const { seq } = (await trail.entries(2)).find(({ type }) => type === "bypass.denied") ?? { seq: 0 };
    await trail.sql`UPDATE breakglass.trail_text SET text = NULL, nonce = NULL WHERE seq = ${seq} AND field = 'origin'`;
    expect((await prove()).findings.filter((finding) => finding.seq === seq)).toMatchObject([{ kind: "lost_text" }]);
  });
});

test("a redaction leaves the text in no row, not even in what somebody pressed or sent for another bypass", async () => {
  const other = await openJourney();
  const otherTrail = openTrail(other.testApp.database.adminUrl);
  const unpacked = (text: string): string => {
    const origin = readOrigin(text);
    return origin?.via === "slack-request" ? String(unpackBody(origin.deflated)) : text;
  };
  /** The tables with a row that holds the word, in an origin also. */
  const tablesWith = async (word: string): Promise<string[]> => {
    const tables = await otherTrail.sql<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'breakglass' ORDER BY 1`;
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await otherTrail.sql.unsafe(`SELECT FROM breakglass.${name} t WHERE strpos(t::text, '${word}') > 0`);
      if (rows.length > 0) found.push(name);
    }
    const origins = await otherTrail.sql<{ text: string }[]>`
      SELECT text FROM breakglass.trail_text WHERE field = 'origin' AND text IS NOT NULL`;
    return origins.some(({ text }) => unpacked(text).includes(word)) ? [...found, "an origin"] : found;
  };
  const originsOf = async (n: number): Promise<string> => {
    const rows = await otherTrail.sql<{ text: string }[]>`
      SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
      WHERE x.field = 'origin' AND x.text IS NOT NULL AND t.stream = ${`BG-${n}`}`;
    return rows.map(({ text }) => unpacked(text)).join();
  };
  try {
    const { priya, noor, dana, slack } = other;
    await priya.declares({ Reason: "Because of the quokka." });
    await noor.approves("BG-1");
    await other.alertSays("BG-1", "BG-1 active");
    await other.minutesPass(55);
    await priya.presses("Break Glass Again", "BG-1");
    await slack.until(() => slack.view(priya.id)?.submit === "Break Glass", "the form");
    await priya.submits({ Reason: "It is not done yet." });
    await other.alert("BG-2");
    await other.minutesPass(6);
    await dana.presses("Write Review", "BG-1", "alert");
    await slack.until(() => slack.view(dana.id)?.submit === "Submit Review", "the review form");
    const due = new Date(Date.parse(other.now()) + 7 * 86_400_000).toISOString().slice(0, 10);
    await dana.submits({ ...REVIEWED, Action: "Feed the numbat.", Owner: noor.id, Due: due });
    await noor.getsMessage("An action from REV-1");
    await slack.as(noor.id).openHome();
    const home = await slack.until(() => {
      const seen = slack.home(noor.id);
      const text = seen === undefined ? "" : slack.render(seen);
      return text.includes("numbat") && text.includes("BG-2") ? seen : null;
    }, "a Home with the action and BG-2");
    await slack.as(noor.id).click(home, "Approve");
    await other.alertSays("BG-2", "BG-2 active");
    await other.allIsDelivered();
    expect(await originsOf(2)).toMatch(/quokka[\s\S]*numbat/);

    const entries = await otherTrail.entries(1);
    const seqOf = (type: string) => entries.find((entry) => entry.type === type)?.seq;
    await dana.types(`redact ${seqOf("bypass.declared")} reason it names an animal`);
    await dana.types(`redact ${seqOf("action.opened")} line so does this`);
    await other.allIsDelivered();
    expect(await tablesWith("quokka")).toEqual([]);
    expect(await tablesWith("numbat")).toEqual([]);
    const { findings, origins } = await verified(other.testApp.database.appUrl);
    expect(findings).toEqual([]);
    expect(origins.removed).toBe(5);
  } finally {
    await otherTrail.close();
    await other.close();
  }
});

test("an act over Socket Mode names its envelope, which is counted and proves nothing", async () => {
  const socket = await openJourney({ intake: "socket" });
  try {
    await socket.priya.declares();
    await socket.noor.approves("BG-1", "alert");
    await socket.alertSays("BG-1", "BG-1 active");
    await socket.allIsDelivered();
    const { appUrl } = socket.testApp.database;
    const origins = { acts: 2, signed: 0, proven: 0, socket: 2, removed: 0, without: 0 };
    const { signingSecret: secret } = socket.slack;
    expect(await verified(appUrl, { secret, args: ["--socket-mode"] })).toMatchObject({ findings: [], origins });
    expect((await verified(appUrl, { secret })).findings).toHaveLength(2);
  } finally {
    await socket.close();
  }
});
