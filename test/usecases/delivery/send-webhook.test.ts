import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { type Policy, parsePolicy } from "../../../src/domain/policy/parse.js";
import type { WebhookMessage } from "../../../src/domain/webhooks/cloud-event.js";
import { performEffect } from "../../../src/usecases/delivery/perform-effect.js";
import type { WebhookResult } from "../../../src/usecases/ports/ports.js";
import { declaration, declareItem, newId, POLICY, taken } from "../../contract/items.js";
import { openCore } from "../../support/core.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEBHOOK = `webhooks:\n  - { name: audit, url: "https://hooks.example.com/", events: ["bypass.*"] }\n`;

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, "breakglass.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.policy;
}
const WITH = policyOf(`${POLICY}${WEBHOOK}`);
const WITHOUT = policyOf(POLICY);

let policy = WITH;
let core: Awaited<ReturnType<typeof openCore>>;
beforeAll(async () => {
  core = await openCore({ current: () => ({ policy, hash: "0".repeat(64) }) });
});
afterAll(() => core.close());

/** A declared bypass with a delivery, and a receiver that answers as told. */
async function queued(effect: Effect = { kind: "webhook.send", webhook: "audit", version: 1 }) {
  policy = WITH;
  const { n, effects } = taken(await core.context.ledger.commit(declareItem(newId("hook"), declaration(), [effect])));
  const id = effects[0]?.id ?? "";
  const sent: WebhookMessage[] = [];
  const errors: string[] = [];
  const outcomes: string[] = [];
  const pauses: number[] = [];
  let answer: WebhookResult = { ok: true, status: 204 };
  const { outbox } = core.context;
  const context = {
    ...core.context,
    outbox: {
      ...outbox,
      release: (row: string, delayMs: number, code: string) => {
        pauses.push(delayMs);
        return outbox.release(row, delayMs, code);
      },
    },
    log: { ...core.context.log, error: (event: string) => void errors.push(event) },
    observer: { ...core.context.observer, webhook: (_: string, outcome: string) => void outcomes.push(outcome) },
  };
  const effectContext = {
    ...core.effectContext(context),
    webhooks: {
      send: async (_: unknown, message: WebhookMessage) => {
        sent.push(message);
        return answer;
      },
    },
  };
  return {
    n: n ?? 0,
    sent,
    errors,
    outcomes,
    answers: (next: WebhookResult) => {
      answer = next;
    },
    attempt: () => performEffect(effectContext, id),
    /** How long the next attempt has to wait. */
    pause: () => pauses.at(-1) ?? 0,
    isWaiting: async () => (await core.context.queries.webhookBacklog()).length > 0,
  };
}

/** The bodies of the trail, oldest first. */
async function bodies(): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let seq = 1; ; seq += 1) {
    const entry = await core.context.queries.entryToSend(0, { seq });
    if (entry === null) return found;
    found.push(JSON.parse(entry.body));
  }
}
const lastFailure = async () => (await bodies()).findLast(({ type }) => type === "webhook.failed");
const failed = (code: string, retryAfterMs: number | null = null): WebhookResult => ({
  ok: false,
  kind: "failed",
  code,
  retryAfterMs,
});

describe("A delivery", () => {
  it("sends the entry once, and is done when it is taken", async () => {
    const { attempt, sent, outcomes, isWaiting } = await queued();
    await attempt();
    await attempt();
    expect(sent).toHaveLength(1);
    expect(JSON.parse(sent[0]?.payload ?? "")).toMatchObject({ type: "breakglass.bypass.declared" });
    expect(outcomes).toEqual(["delivered"]);
    expect(await isWaiting()).toBe(false);
  });

  it("is tried under one id until three days have passed, then recorded as failed", async () => {
    const { attempt, answers, sent, errors, n, pause } = await queued();
    answers(failed("http_500"));
    let passed = 0;
    for (await attempt(); passed < 4 * DAY && errors.length === 0; await attempt()) {
      passed += pause();
      await core.clock.advance(pause());
    }
    await core.clock.advance(-passed);
    const attempts = sent.length;
    expect(errors).toEqual(["webhook.failed"]);
    expect(passed).toBeGreaterThanOrEqual(3 * DAY - MINUTE);
    expect(passed).toBeLessThan(3 * DAY + HOUR);
    expect(attempts).toBeGreaterThan(72);
    expect(attempts).toBeLessThan(110);
    expect(new Set(sent.map(({ id, payload }) => `${id} ${payload}`)).size).toBe(1);
    expect(await lastFailure()).toMatchObject({
      webhook: "audit",
      ofBypass: n,
      ofVersion: 1,
      attempts,
      code: "http_500",
    });
  });

  it("waits as long as the receiver asks, and counts no attempt for which there was no place", async () => {
    const { attempt, answers, sent } = await queued();
    answers({ ok: false, kind: "untried", retryAfterMs: 1_000 });
    await attempt();
    await attempt();
    expect(sent).toHaveLength(1);
    await core.clock.advance(1_100);
    answers(failed("http_429", 30 * MINUTE));
    await attempt();
    await core.clock.advance(29 * MINUTE);
    await attempt();
    expect(sent).toHaveLength(2);
    await core.clock.advance(2 * MINUTE);
    answers({ ok: true, status: 200 });
    await attempt();
    expect(sent).toHaveLength(3);
    await core.clock.advance(-31 * MINUTE - 1_100);
  });

  it("to a receiver that is gone is not tried again", async () => {
    const { attempt, answers, errors, outcomes, isWaiting } = await queued();
    answers({ ok: false, kind: "gone", code: "http_410" });
    await attempt();
    expect(errors).toEqual(["webhook.failed"]);
    expect(outcomes).toEqual(["given_up"]);
    expect(await isWaiting()).toBe(false);
    expect(await lastFailure()).toMatchObject({ code: "http_410", attempts: 1 });
  });

  it("to a webhook that the policy no longer names waits for a rollout to end, then is dropped and recorded", async () => {
    const { attempt, sent, errors } = await queued();
    policy = WITHOUT;
    await attempt();
    expect(errors).toEqual([]);
    await core.clock.advance(16 * MINUTE);
    await attempt();
    await core.clock.advance(-16 * MINUTE);
    expect(sent).toEqual([]);
    expect(errors).toEqual(["webhook.failed"]);
    expect(await lastFailure()).toMatchObject({ code: "not_in_policy" });
  });

  it.each([
    { kind: "webhook.send", webhook: "audit", version: 99 },
    { kind: "webhook.send", webhook: "audit", seq: 999_999 },
    { kind: "webhook.send", webhook: "audit", command: "nobody's" },
  ] as const)("that names no entry (%j) is dropped, and blocks nothing", async (effect) => {
    const { attempt, sent, errors, isWaiting } = await queued(effect);
    await attempt();
    expect(sent).toEqual([]);
    expect(errors).toEqual([]);
    expect(await isWaiting()).toBe(false);
  });
});
