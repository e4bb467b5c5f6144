import { describe, expect, test } from "vitest";
import { createPagerDuty } from "../../src/pagers/pagerduty.js";
import { createSplunkOnCall } from "../../src/pagers/splunk-oncall.js";
import { watchPagers } from "../../src/pagers/watched-pagers.js";
import { pagerContract, ringing } from "../contract/pager.js";
import { openPagerDutyDouble, ROUTING_KEY } from "../support/pagers/pagerduty-double.js";
import { openSplunkDouble } from "../support/pagers/splunk-double.js";

/** Long enough for a local answer, short enough for the tests that wait for it. */
const timeoutMs = 1_000;

pagerContract("createPagerDuty", async () => {
  const service = await openPagerDutyDouble();
  const pager = createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs });
  return { pager, service, secrets: [ROUTING_KEY] };
});

pagerContract("createSplunkOnCall", async () => {
  const service = await openSplunkDouble();
  const pager = createSplunkOnCall({ url: service.address, timeoutMs });
  return { pager, service, secrets: [service.address, "secretkey001"] };
});

pagerContract("watchPagers", async () => {
  const service = await openPagerDutyDouble();
  const [pager] = watchPagers([
    createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs }),
  ]).pagers;
  if (pager === undefined) throw new Error("watchPagers returned no pager.");
  return { pager, service, secrets: [ROUTING_KEY] };
});

describe("createPagerDuty", () => {
  test("sends an event that matches PagerDuty's schema", async () => {
    const service = await openPagerDutyDouble();
    const pager = createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs });
    const notify = ringing("trigger");
    await pager.notify(notify);
    const [{ url, json } = { url: "", json: null }] = service.received;
    expect(url).toBe("/v2/enqueue");
    expect(json).toMatchObject({
      routing_key: ROUTING_KEY,
      event_action: "trigger",
      dedup_key: notify.key,
      client: "Breakglass",
      client_url: notify.link,
      links: [{ href: notify.link, text: "Answer in Slack" }],
      payload: {
        summary:
          "BG-42 waits for an approval: emergency_deploy (e2e-suite, two-approvals) for INC-219; paged: on-call-lead",
        severity: "critical",
        source: "breakglass-0123456789ab",
        timestamp: notify.record.state.declaredAt,
        component: "emergency_deploy",
        group: "e2e-suite, two-approvals",
        class: "break-glass",
        custom_details: { bypass: "BG-42", requester: "U0PRIYA", step: 0, role: "on-call-lead" },
      },
    });
    await service.stop();
  });

  test("includes PagerDuty's own error status in the refusal code", async () => {
    const service = await openPagerDutyDouble();
    const wrong = createPagerDuty({ routingKey: "0".repeat(32), eventsUrl: service.base, timeoutMs });
    expect(await wrong.notify(ringing("trigger"))).toEqual({
      ok: false,
      kind: "refused",
      code: "http_400 invalid_event",
    });
    await service.stop();
  });
});

test("createSplunkOnCall treats a 200 with the result failure as a refusal", async () => {
  const service = await openSplunkDouble();
  const pager = createSplunkOnCall({ url: service.address, timeoutMs });
  service.fail({ status: 200, json: { result: "failure", message: "no" } });
  expect(await pager.notify(ringing("trigger"))).toEqual({ ok: false, kind: "refused", code: "failure" });
  await service.stop();
});

// The doubles must refuse what the services refuse; otherwise the contract above proves nothing.
describe("the PagerDuty double", () => {
  const valid = {
    routing_key: ROUTING_KEY,
    event_action: "trigger",
    dedup_key: "k",
    payload: { summary: "s", source: "here", severity: "critical" },
  };
  const { payload } = valid;
  const { routing_key: _, ...keyless } = valid;
  test.each([
    ["an unknown action", { ...valid, event_action: "escalate" }],
    ["no routing key", keyless],
    ["a short routing key", { ...valid, routing_key: "abc" }],
    ["an unknown routing key", { ...valid, routing_key: "f".repeat(32) }],
    ["a trigger without payload", { ...valid, payload: undefined }],
    ["a summary of 1025 characters", { ...valid, payload: { ...payload, summary: "x".repeat(1025) } }],
    ["no summary", { ...valid, payload: { ...payload, summary: "" } }],
    ["a timestamp that is not ISO 8601", { ...valid, payload: { ...payload, timestamp: "yesterday" } }],
    ["an unknown severity", { ...valid, payload: { ...payload, severity: "fatal" } }],
    ["a key of 256 characters", { ...valid, dedup_key: "x".repeat(256) }],
    ["a resolve without a key", { routing_key: ROUTING_KEY, event_action: "resolve" }],
    ["a link without href", { ...valid, links: [{ text: "here" }] }],
    ["an unknown field", { ...valid, urgency: "high" }],
    [
      "an event larger than 512 KB",
      { ...valid, payload: { ...payload, custom_details: { all: "x".repeat(512 * 1024) } } },
    ],
  ])("refuses %s", async (_what, event) => {
    const service = await openPagerDutyDouble();
    const post = (body: object) =>
      fetch(`${service.base}v2/enqueue`, { method: "POST", body: JSON.stringify(body) }).then(({ status }) => status);
    expect(await post(valid)).toBe(202);
    expect(await post(event)).toBe(400);
    expect(service.incidents).toHaveLength(1);
    await service.stop();
  });
});

test("watchPagers reports a pager as failing from a failed attempt until the next successful one", async () => {
  const service = await openPagerDutyDouble();
  const pager = createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs });
  const { pagers, failing } = watchPagers([pager]);
  const seen: (readonly string[])[] = [failing()];
  for (const fault of [null, { status: 403 }, null]) {
    service.fail(fault);
    await pagers[0]?.notify(ringing("trigger"));
    seen.push(failing());
  }
  expect(seen).toEqual([[], [], ["pagerduty"], []]);
  await service.stop();
});
