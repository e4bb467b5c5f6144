import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INCIDENTS } from "../../src/demo/cast.js";
import type { SlackDouble } from "../../src/demo/slack/index.js";
import { judge, latestEnd } from "../support/reliability/judge.js";
import { type KillGround, openKillGround } from "../support/reliability/kill-ground.js";
import { type Acknowledged, type Bypass, createLives, type Lives } from "../support/reliability/life.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";

const KILLS = sizeOf("LIFE_KILLS", 4);
/** How many bypasses live side by side, each with a requester and an approver of its own. */
const AT_A_TIME = sizeOf("LIVES_AT_A_TIME", 2);
/** A bot is killed after so many changes at most in Slack and in the database, or when nothing changes for a while. */
const MOST_CHANGES = 200;
const QUIET_MS = 3_000;
/** So often, and at the last death, what the dead had claimed is waited for as in earnest; half a minute each. */
const IN_EARNEST_EVERY = 10;
const PATIENCE_MS = 240_000;

const REQUESTERS = Array.from({ length: AT_A_TIME }, (_, index) => `U0CALL${index + 1}`);
const APPROVERS = Array.from({ length: AT_A_TIME }, (_, index) => `U0LEAD${index + 1}`);
const { below, pick, seed } = dice("lives");

/** Lives that are short enough to be lived to their end: reminders, a rung of the ladder, the warning, the expiry. */
const POLICY = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer:   { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0LEE] }
  on-call-lead:       { slack_usergroup: S0LEADS }
rights: { redact: [on-call-lead] }
gates:
  e2e-suite: { title: "End-to-end suite", owner: on-call-lead }
paths:
  brief:
    title: "Brief"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 8s
    ack: { remind_every: 3s, escalate: [{ after: 4s, page: incident-commander }], give_up_after: 60m }
  usual:
    title: "Usual"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { remind_every: 5s, give_up_after: 60m }
  unheard:
    title: "Unheard"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { remind_every: 2s, escalate: [{ after: 3s, page: incident-commander }], give_up_after: 6s }
`;

/** What becomes of a bypass, and the path on which it does. */
const ENDINGS: Readonly<Record<string, { path: string; live: (lives: Lives, bypass: Bypass) => Promise<unknown> }>> = {
  expired: {
    path: "brief",
    live: async (lives, bypass) => {
      await lives.told(bypass, /escalated/);
      await lives.approve(bypass);
      await lives.told(bypass, /has expired/);
    },
  },
  closed: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.approve(bypass);
      await lives.log(bypass);
      await lives.redact(bypass);
      await lives.close(bypass);
      await lives.told(bypass, /Closed by/);
    },
  },
  denied: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.deny(bypass);
      await lives.told(bypass, /Denied by/);
    },
  },
  withdrawn: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.withdraw(bypass);
      await lives.told(bypass, /Withdrawn by/);
    },
  },
  lapsed: { path: "unheard", live: (lives, bypass) => lives.told(bypass, /has lapsed/) },
};

let ground: KillGround;
const acknowledged: Acknowledged[] = [];
const lived: { n: number; ending: string }[] = [];
/** How far each life was when the bot was killed. */
const points: string[] = [];
let kills = 0;

beforeAll(async () => {
  ground = await openKillGround({
    policy: POLICY,
    leasesRunOut: () => kills === KILLS || kills % IN_EARNEST_EVERY === 0,
    people: morePeople,
  });
});
afterAll(() => ground?.close());

function morePeople(slack: SlackDouble): void {
  for (const id of [...REQUESTERS, ...APPROVERS]) {
    slack.people.add({ id, name: id.toLowerCase() });
    slack.channels.join(INCIDENTS, id);
  }
  slack.groups.set("S0ONCALL", REQUESTERS);
  slack.groups.set("S0LEADS", APPROVERS);
}

/** One bypass after the other until enough kills have been; each ends in its own way. */
async function liveOn(index: number, over: () => boolean): Promise<void> {
  const lives = createLives(ground, {
    requester: REQUESTERS[index] ?? "",
    approver: APPROVERS[index] ?? "",
    patienceMs: PATIENCE_MS,
  });
  try {
    while (!over()) {
      const ending = pick(["expired", "closed", "expired", "denied", "lapsed", "withdrawn", "closed"]);
      const life = ENDINGS[ending];
      if (life === undefined) throw new Error(`Nobody ends as ${ending}.`);
      const bypass = await lives.declare({ Path: life.path });
      await life.live(lives, bypass);
      lived.push({ n: bypass.n, ending });
    }
  } finally {
    acknowledged.push(...lives.acknowledged);
  }
}

/** Moments are counted in changes and not in time, so that a slow machine gets as far as a fast one. */
function changes(count: number): Promise<void> {
  const { slack, watch } = ground;
  return new Promise((resolve) => {
    let left = count;
    let stops: (() => unknown)[] = [];
    const enough = (): void => {
      clearTimeout(quiet);
      for (const stop of stops) stop();
      resolve();
    };
    const quiet = setTimeout(enough, QUIET_MS);
    const changed = (): void => {
      quiet.refresh();
      left -= 1;
      if (left < 0) enough();
    };
    stops = [slack.record.onChange(changed), watch.onEntry(changed), watch.onOutbox(changed)];
    if (count === 0) enough();
  });
}

async function killOnAndOn(failed: () => boolean): Promise<void> {
  const { bot, trail } = ground;
  while (kills < KILLS && !failed()) {
    await bot.up();
    await changes(below(MOST_CHANGES));
    await after(below(20));
    kills += 1;
    await bot.kill();
    const open = await trail.sql<{ type: string }[]>`
      SELECT DISTINCT ON (stream) body::jsonb ->> 'type' AS type FROM breakglass.trail t
      JOIN breakglass.bypasses b ON t.stream = 'BG-' || b.n AND b.status IN ('requested', 'active')
      ORDER BY stream, seq DESC`;
    points.push(...open.map(({ type }) => type));
    progress("kills", kills, KILLS);
  }
}

describe(`${KILLS} kills at random moments, with ${AT_A_TIME} bypasses alive`, () => {
  let slowestMs = 0;

  test(
    "every life comes to its end",
    async () => {
      let over = false;
      let failure: unknown = null;
      const lives = REQUESTERS.map((_, index) =>
        liveOn(index, () => over).catch((fault: unknown) => {
          failure ??= fault;
        }),
      );
      await killOnAndOn(() => failure !== null);
      over = true;
      await Promise.all(lives);
      if (failure !== null) throw failure;
      expect(lived.length).toBeGreaterThanOrEqual(AT_A_TIME);
      const statuses = await ground.trail.sql<{ n: number; ending: string }[]>`
        SELECT n, status AS ending FROM breakglass.bypasses ORDER BY n`;
      const byNumber = (one: { n: number }, other: { n: number }) => one.n - other.n;
      expect([...statuses]).toEqual(lived.sort(byNumber));
    },
    120_000 + KILLS * 12_000,
  );

  test("all due work is done within a minute; nothing is lost, doubled or stuck, and the trail verifies", async () => {
    slowestMs = await ground.drained(60_000).catch(() => 60_000);
    const { lost, doubled, stuck, findings } = await judge(ground, acknowledged);
    const at = Object.fromEntries([...new Set(points)].map((type) => [type, points.filter((p) => p === type).length]));
    report("lives", {
      what: "kill -9 of the bot at a random moment of its bypasses' lives",
      times: ground.bot.deaths,
      seed,
      lost: lost.length,
      doubled: doubled.length,
      stuck: stuck.length + findings.length,
      slowestMs,
      more: {
        lives: lived.length,
        acknowledged: acknowledged.length,
        latestEndMs: Math.round(await latestEnd(ground)),
        killedAfter: JSON.stringify(at),
      },
    });
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(ground.slack.violations).toEqual([]);
  }, 120_000);

  test("leaves a bot that still stops as it should", async () => {
    expect(await ground.bot.stop()).toBe(0);
  });
});
