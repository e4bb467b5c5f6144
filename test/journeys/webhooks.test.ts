import { readFile } from "node:fs/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { webhooksCommand } from "../../src/cli/webhooks/webhooks-command.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import { openReceiver, type Receiver, secretOf, typesOf } from "../support/webhooks/receiver.js";

const ESCALATION = { Path: "escalation", Gates: ["e2e-suite"] };
const SECRET = secretOf(7);

let on: Journey;
let audit: Receiver;
let policy: PolicyOnDisk;

const webhooks = (url: string): string => `webhooks:
  - name: audit
    url: ${url}
    events: ["bypass.*", "review.*", "gate.*"]
    allow_private: [127.0.0.1]
`;

beforeAll(async () => {
  audit = await openReceiver(SECRET);
  policy = await policyOnDisk(`${FOUR_PATHS}${webhooks(audit.url)}`);
  on = await openJourney({
    policyFile: policy.file,
    errorsExpected: ["webhook.failed"],
    env: { WEBHOOK_SECRET_AUDIT: SECRET },
  });
});
afterEach(async () => {
  await on.endsWell();
  expect(audit.faults).toEqual([]);
});
afterAll(async () => {
  await on.close();
  await audit.stop();
  await policy.remove();
});

describe("A webhook", () => {
  it("is told of an approved bypass from the request to its end, in order, signed and without a word that was typed", async () => {
    await on.priya.declares({ ...ESCALATION, Reason: "Checkout is down for every customer." });
    await on.noor.approves("BG-1");
    await on.minutesPass(61);
    await on.alertSays("BG-1", "BG-1 expired");
    await on.allIsDelivered();
    expect(typesOf(audit.accepted, "BG-1")).toEqual([
      "breakglass.bypass.declared",
      "breakglass.review.opened",
      "breakglass.bypass.activated",
      "breakglass.bypass.expired",
    ]);
    expect(JSON.stringify(audit.accepted)).not.toContain("Checkout");
  });

  it("gets what it missed in order once it works again, while Slack waits for nothing", async () => {
    audit.misbehave({ status: 503 });
    await on.priya.declares(ESCALATION);
    await on.noor.approves("BG-2");
    await on.alertSays("BG-2", "BG-2 active");
    await on.priya.presses("Close", "BG-2");
    await on.alertSays("BG-2", "BG-2 closed");
    expect(typesOf(audit.accepted, "BG-2")).toEqual([]);
    await expect
      .poll(async () => JSON.parse((await on.get("/readyz")).body).degraded, { timeout: 5_000 })
      .toContain("webhooks: audit");
    audit.misbehave(null);
    await on.minutesPass(61);
    await on.allIsDelivered();
    expect(typesOf(audit.accepted, "BG-2")).toEqual([
      "breakglass.bypass.declared",
      "breakglass.review.opened",
      "breakglass.bypass.activated",
      "breakglass.bypass.closed",
    ]);
    const { body } = await on.get("/metrics");
    expect(body).toMatch(/breakglass_webhook_deliveries_total\{webhook="audit",outcome="delivered"\} [1-9]/);
    expect(body).toContain('breakglass_webhook_waiting{webhook="audit"} 0');
  });

  it("gets the entries of a bypass again by breakglass webhooks replay, under the same ids", async () => {
    const first = audit.accepted.filter(({ subject }) => subject === "BG-1").map(({ id }) => id);
    const before = audit.accepted.length;
    expect(await webhooksCli("replay", "--bypass", "BG-1", "--json")).toEqual([
      0,
      { queued: [{ webhook: "audit", entries: 4 }] },
    ]);
    await on.allIsDelivered();
    expect(audit.accepted.slice(before).map(({ id }) => id)).toEqual(first);
    const [code, listed] = await webhooksCli("list", "--json");
    expect(code).toBe(0);
    expect(listed).toMatchObject({ webhooks: [{ webhook: "audit", waiting: 0, givenUp: 0 }], removed: [] });
    expect(await webhooksCli("replay", "--since", "999999", "--json")).toEqual([
      1,
      { queued: [{ webhook: "audit", entries: 0 }] },
    ]);
    const [unknown] = await webhooksCli("replay", "--bypass", "BG-1", "--name", "nobody");
    expect(unknown).toBe(64);
  });

  it("that is taken out of the policy while it is down gets nothing more, which is recorded", async () => {
    audit.misbehave({ status: 503 });
    const { length } = audit.accepted;
    await on.closedBypass("BG-3");
    await policy.write(FOUR_PATHS);
    await on.minutesPass(1);
    audit.misbehave(null);
    for (let round = 0; round < 12; round += 1) await on.minutesPass(16);
    await on.allIsDelivered();
    expect(audit.accepted.slice(length)).toEqual([]);
    const failures = await entriesOf("webhook.failed");
    expect(failures.length).toBeGreaterThanOrEqual(4);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["not_in_policy"]));
    expect(await entriesOf("webhook.replayed")).toMatchObject([{ webhook: "audit", count: 4 }]);
  });
});

/** Runs `breakglass webhooks … --json`, and returns its exit code and what it printed. */
async function webhooksCli(...args: string[]): Promise<[number, unknown]> {
  const lines: string[] = [];
  const exit = await webhooksCommand.run([...args, "--url", on.testApp.database.appUrl, "--policy", policy.file], {
    out: (line) => void lines.push(line),
    err: () => {},
    readFile: (path) => readFile(path),
    env: {},
    now: () => new Date(),
  });
  return [exit, lines.length === 0 ? null : JSON.parse(lines.join("\n"))];
}

/** The bodies of the entries of one type. */
async function entriesOf(type: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(on.testApp.database.adminUrl, { max: 1, fetch_types: false });
  const rows = await sql<{ body: string }[]>`
    SELECT body FROM breakglass.trail WHERE body::jsonb ->> 'type' = ${type} ORDER BY seq`;
  await sql.end({ timeout: 1 });
  return rows.map(({ body }) => JSON.parse(body));
}
