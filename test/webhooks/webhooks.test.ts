import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { WebhookOfPolicy } from "../../src/domain/policy/policy.js";
import { Secret } from "../../src/lib/secret.js";
import type { Resolve } from "../../src/webhooks/checked-address.js";
import { post } from "../../src/webhooks/post.js";
import { createWebhooks, type WebhooksOptions } from "../../src/webhooks/webhooks.js";
import { soundPolicy } from "../domain/policy/fixtures.js";
import { openReceiver, type Receiver, secretOf } from "../support/webhooks/receiver.js";
import { INNER_ADDRESSES, NEVER_REACHED } from "./refused-addresses.js";

const SECRET = secretOf(1);
const HEAD = "a".repeat(24);
const MESSAGE = {
  id: `7-${HEAD}`,
  payload: JSON.stringify({
    specversion: "1.0",
    id: `7-${HEAD}`,
    source: "urn:breakglass:0123456789ab",
    type: "breakglass.bypass.expired",
    subject: "BG-1",
    time: "2026-11-30T12:00:00.000Z",
    datacontenttype: "application/json",
    data: { seq: 7, head: HEAD, entry: { type: "bypass.expired", at: "2026-11-30T12:00:00.000Z" } },
  }),
};

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver(SECRET);
});
afterEach(() => receiver.stop());

const HERE = [{ address: "127.0.0.1", family: 4 }];
const nobody: Resolve = async () => {
  throw new Error("This test must not resolve a name.");
};

function webhooksWith(over: Partial<WebhooksOptions> = {}) {
  let steady = 0;
  const webhooks = createWebhooks({
    secrets: new Map([["audit", [new Secret(SECRET)]]]),
    policy: { current: () => ({ policy: soundPolicy(), hash: "" }) },
    proxy: { https: null, http: null, except: [] },
    resolve: nobody,
    post,
    now: () => Date.now(),
    steady: () => steady,
    release: "1.0.0",
    timeoutMs: 2_000,
    ...over,
  });
  return {
    ...webhooks,
    pass: (ms: number) => {
      steady += ms;
    },
  };
}

const to = (over: Partial<WebhookOfPolicy> = {}): WebhookOfPolicy => ({
  name: "audit",
  url: receiver.url,
  events: ["*"],
  allowPrivate: ["127.0.0.1"],
  ...over,
});
const named = (host: string) => receiver.url.replace("127.0.0.1", host);

describe("A message", () => {
  it("is taken by a receiver that verifies it with the convention's library", async () => {
    expect(await webhooksWith().send(to(), MESSAGE)).toEqual({ ok: true, status: 204 });
    expect(receiver.faults).toEqual([]);
    expect(receiver.accepted.map(({ id }) => id)).toEqual([MESSAGE.id]);
  });

  it.each([
    ["the new secret first", [secretOf(2), SECRET]],
    ["the new secret last", [SECRET, secretOf(2)]],
  ])("is taken by old and new receivers while secrets are exchanged, with %s", async (_, secrets) => {
    const updated = await openReceiver(secretOf(2));
    const webhooks = webhooksWith({ secrets: new Map([["audit", secrets.map((secret) => new Secret(secret))]]) });
    expect(await webhooks.send(to(), MESSAGE)).toMatchObject({ ok: true });
    expect(await webhooks.send(to({ url: updated.url }), MESSAGE)).toMatchObject({ ok: true });
    expect([...receiver.faults, ...updated.faults]).toEqual([]);
    await updated.stop();
  });

  it("is refused by a receiver with another secret, which counts as a failure", async () => {
    const webhooks = webhooksWith({ secrets: new Map([["audit", [new Secret(secretOf(9))]]]) });
    expect(await webhooks.send(to(), MESSAGE)).toMatchObject({ ok: false, kind: "failed", code: "http_400" });
    expect(receiver.faults).toEqual(["No matching signature found"]);
  });

  it("is never sent unsigned", async () => {
    const webhooks = webhooksWith({
      secrets: new Map(),
      policy: { current: () => ({ policy: { ...soundPolicy(), webhooks: [to()] }, hash: "" }) },
    });
    expect(await webhooks.send(to(), MESSAGE)).toMatchObject({ ok: false, kind: "failed", code: "no_secret" });
    expect(webhooks.withoutSecret()).toEqual(["audit"]);
    expect(receiver.ids).toEqual([]);
  });
});

describe("An answer", () => {
  test.each([
    [{ status: 500 }, { kind: "failed", code: "http_500", retryAfterMs: null }],
    [{ status: 404 }, { kind: "failed", code: "http_404", retryAfterMs: null }],
    [{ status: 410 }, { kind: "gone", code: "http_410" }],
    [
      { status: 429, headers: { "retry-after": "120" } },
      { kind: "failed", code: "http_429", retryAfterMs: 120_000 },
    ],
    [
      { status: 503, headers: { "retry-after": "soon" } },
      { kind: "failed", code: "http_503", retryAfterMs: null },
    ],
    ["hang", { kind: "failed", code: "timed_out", retryAfterMs: null }],
    ["lose_answer", { kind: "failed", code: "unreachable", retryAfterMs: null }],
  ] as const)("of %j is no acceptance", async (how, expected) => {
    receiver.misbehave(how);
    expect(await webhooksWith({ timeoutMs: 500 }).send(to(), MESSAGE)).toEqual({ ok: false, ...expected });
  });

  test.each([301, 302, 303, 307, 308])("of %i is not followed", async (status) => {
    const elsewhere = await openReceiver(SECRET);
    receiver.misbehave({ status, headers: { location: elsewhere.url } });
    expect(await webhooksWith().send(to(), MESSAGE)).toMatchObject({ ok: false, code: `http_${status}` });
    expect(elsewhere.ids).toEqual([]);
    await elsewhere.stop();
  });

  test("with a date says when to come again", async () => {
    const now = Date.parse("2026-11-30T12:00:00Z");
    const answer = async () => ({ kind: "answer", status: 503, retryAfter: "Mon, 30 Nov 2026 12:10:00 GMT" }) as const;
    const result = await webhooksWith({ post: answer, now: () => now }).send(to(), MESSAGE);
    expect(result).toMatchObject({ retryAfterMs: 600_000 });
  });
});

describe("A name", () => {
  it("is connected to at the address that was checked, whatever it resolves to by then", async () => {
    let asked = 0;
    const rebinding: Resolve = async () => {
      asked += 1;
      return asked === 1 ? HERE : [{ address: "169.254.169.254", family: 4 }];
    };
    const webhooks = webhooksWith({ resolve: rebinding });
    // No resolver knows this name, so only the checked address can have led to the receiver.
    expect(await webhooks.send(to({ url: named("hooks.invalid") }), MESSAGE)).toMatchObject({ ok: true });
    expect(asked).toBe(1);
    expect(await webhooks.send(to({ url: named("hooks.invalid") }), MESSAGE)).toMatchObject({
      code: "address_refused",
    });
    expect(receiver.ids).toHaveLength(1);
  });

  it.each([...INNER_ADDRESSES, ...NEVER_REACHED])("that leads to %s (%s) is not connected to", async (_, address) => {
    const posted: string[] = [];
    const webhooks = webhooksWith({
      resolve: async () => [{ address, family: address.includes(":") ? 6 : 4 }],
      post: async ({ url }) => {
        posted.push(url);
        return { kind: "none", code: "unreachable" };
      },
    });
    const result = await webhooks.send(to({ url: "https://hooks.example.com/", allowPrivate: [] }), MESSAGE);
    expect(result).toMatchObject({ ok: false, kind: "failed", code: "address_refused" });
    expect(posted).toEqual([]);
  });

  it("of which one address is inside is not connected to at any", async () => {
    const resolve: Resolve = async () => [{ address: "93.184.216.34", family: 4 }, ...HERE];
    const result = await webhooksWith({ resolve }).send(to({ url: named("hooks.invalid"), allowPrivate: [] }), MESSAGE);
    expect(result).toMatchObject({ code: "address_refused" });
  });

  it("that nobody resolves is a failure like any other", async () => {
    const result = await webhooksWith().send(to({ url: named("hooks.invalid") }), MESSAGE);
    expect(result).toMatchObject({ ok: false, kind: "failed", code: "not_resolved" });
  });

  it("behind a proxy is left to the proxy, but where NO_PROXY names it", async () => {
    const ways: unknown[] = [];
    const webhooks = webhooksWith({
      proxy: { https: new Secret("http://proxy.example.com:3128"), http: null, except: ["inner.example.com"] },
      resolve: async () => [{ address: "10.0.0.1", family: 4 }],
      post: async ({ way }) => {
        ways.push(way);
        return { kind: "answer", status: 204, retryAfter: null };
      },
    });
    expect(await webhooks.send(to({ url: "https://hooks.example.com/" }), MESSAGE)).toMatchObject({ ok: true });
    expect(ways).toEqual([{ kind: "proxy", address: "http://proxy.example.com:3128" }]);
    const inner = to({ url: "https://a.inner.example.com/" });
    expect(await webhooks.send(inner, MESSAGE)).toMatchObject({ code: "address_refused" });
    expect(ways).toHaveLength(1);
  });
});

describe("A webhook that fails", () => {
  it("rests before its next attempt, is named, and is forgotten once it takes something", async () => {
    const policy = { current: () => ({ policy: { ...soundPolicy(), webhooks: [to()] }, hash: "" }) };
    const webhooks = webhooksWith({ policy });
    receiver.misbehave({ status: 500 });
    await webhooks.send(to(), MESSAGE);
    expect(webhooks.failing()).toEqual(["audit"]);
    expect(await webhooks.send(to(), MESSAGE)).toEqual({ ok: false, kind: "untried", retryAfterMs: 1_000 });
    expect(receiver.ids).toHaveLength(1);
    webhooks.pass(1_000);
    receiver.misbehave(null);
    expect(await webhooks.send(to(), MESSAGE)).toMatchObject({ ok: true });
    expect(webhooks.failing()).toEqual([]);
    expect(await webhooks.send(to(), MESSAGE)).toMatchObject({ ok: true });
  });

  it("keeps no place from the others, and few deliveries run at once", async () => {
    const open: (() => void)[] = [];
    const names = ["audit", "siem", "tickets", "fourth"];
    const webhooks = webhooksWith({
      secrets: new Map(names.map((name) => [name, [new Secret(SECRET)]])),
      post: () => new Promise((resolve) => open.push(() => resolve({ kind: "answer", status: 204, retryAfter: null }))),
    });
    const slow = names.slice(0, 3).map((name) => webhooks.send(to({ name }), MESSAGE));
    const untried = { ok: false, kind: "untried", retryAfterMs: 1_000 };
    expect(await webhooks.send(to({ name: "audit" }), MESSAGE)).toEqual(untried);
    expect(await webhooks.send(to({ name: "fourth" }), MESSAGE)).toEqual(untried);
    await expect.poll(() => open.length).toBe(3);
    for (const answer of open) answer();
    expect(await Promise.all(slow)).toEqual(names.slice(0, 3).map(() => ({ ok: true, status: 204 })));
  });
});
