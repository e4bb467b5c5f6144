import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PagerAction } from "../../src/domain/events/catalogue/delivery.js";
import type { ExternalPager, PagerNotification } from "../../src/usecases/ports/ports.js";
import { recordIn } from "../slack/messages/fixtures.js";
import type { Incident } from "../support/pagers/incidents.js";
import type { Service } from "../support/pagers/service.js";

/** What the suite needs of the service behind the port. */
export interface PagerHarness {
  readonly pager: ExternalPager;
  readonly service: Service & { readonly incidents: readonly Incident[]; readonly refused: readonly string[] };
  /** Secrets that may be sent to the service only. */
  readonly secrets: readonly string[];
}

const KEY = "breakglass-0123456789ab-BG-42";
const LINK = "https://acme.slack.com/archives/C0INC/p1782136931000100";

/** A notification about the fixtures' bypass. Only a trigger has a step and a role, as in the effects. */
export function ringing(action: PagerAction, more: Partial<PagerNotification> = {}): PagerNotification {
  const target = action === "trigger" ? { step: 0, role: "on-call-lead" } : { step: null, role: null };
  return { action, key: KEY, ...target, record: recordIn("requested"), link: LINK, ...more };
}

/** The contract of `ExternalPager`, run on every implementation. */
export function pagerContract(name: string, start: () => Promise<PagerHarness>): void {
  describe(`${name} keeps the contract of ExternalPager`, () => {
    let harness: PagerHarness;
    beforeEach(async () => {
      harness = await start();
    });
    afterEach(async () => {
      await harness.service.stop();
    });
    const notify = (action: PagerAction, more: Partial<PagerNotification> = {}) =>
      harness.pager.notify(ringing(action, more));
    const incidents = () => harness.service.incidents;

    test("opens one incident per key, and a further trigger updates it", async () => {
      expect(await notify("trigger")).toEqual({ ok: true });
      expect(await notify("trigger", { step: 1, role: "incident-commander" })).toEqual({ ok: true });
      expect(incidents()).toMatchObject([{ key: KEY, status: "triggered", triggers: 2, links: [LINK] }]);
      expect(incidents()[0]?.summary).toContain("incident-commander");
      expect(harness.service.refused).toEqual([]);
    });

    test("another bypass is another incident", async () => {
      await notify("trigger");
      await notify("trigger", { key: `${KEY}0` });
      expect(incidents().map(({ key }) => key)).toEqual([KEY, `${KEY}0`]);
    });

    test("acknowledges and resolves the incident of the key, and no other", async () => {
      await notify("trigger");
      await notify("trigger", { key: `${KEY}0` });
      expect(await notify("acknowledge")).toEqual({ ok: true });
      expect(incidents().map(({ status }) => status)).toEqual(["acknowledged", "triggered"]);
      expect(await notify("resolve")).toEqual({ ok: true });
      expect(incidents().map(({ status }) => status)).toEqual(["resolved", "triggered"]);
      expect(harness.service.refused).toEqual([]);
    });

    test("an acknowledge or resolve without a trigger is accepted and opens nothing", async () => {
      expect(await notify("acknowledge")).toEqual({ ok: true });
      expect(await notify("resolve")).toEqual({ ok: true });
      expect(incidents()).toEqual([]);
    });

    test("names the bypass, path, gates, incident and the head of the trail", async () => {
      await notify("trigger");
      const sent = JSON.stringify(harness.service.received[0]?.json);
      const newest = recordIn("requested").entries.at(-1);
      const details = ["BG-42", "emergency_deploy", "e2e-suite", "INC-219", "U0PRIYA", "on-call-lead", newest?.head];
      for (const detail of details) expect(sent).toContain(detail);
    });

    test("sends nothing that a person wrote", async () => {
      const { record } = ringing("trigger");
      const written = record.entries.flatMap(({ texts }) => Object.values(texts)).filter((text) => text !== null);
      expect(written.length).toBeGreaterThan(1);
      for (const action of ["trigger", "acknowledge", "resolve"] as const) await notify(action);
      const sent = JSON.stringify(harness.service.received.map(({ json }) => json));
      for (const text of written) expect(sent).not.toContain(text);
    });

    test("notifies without a link too", async () => {
      expect(await notify("trigger", { link: null })).toEqual({ ok: true });
      expect(incidents()).toMatchObject([{ links: [] }]);
    });

    test("accepts a hundred gates with long names", async () => {
      const record = recordIn("requested");
      const gates = Array.from({ length: 100 }, (_, index) => `${"g".repeat(60)}${index}`);
      expect(await notify("trigger", { record: { ...record, state: { ...record.state, gates } } })).toEqual({
        ok: true,
      });
      expect(harness.service.refused).toEqual([]);
    });

    test.each([
      [{ status: 429, headers: { "retry-after": "7" } }, 7_000, "http_429"],
      [{ status: 429 }, null, "http_429"],
      [{ status: 500 }, null, "http_500"],
      [{ status: 503, headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" } }, null, "http_503"],
      [{ status: 408 }, null, "http_408"],
      // A proxy that answers everything with success: nobody was paged.
      [{ status: 204 }, null, "http_204"],
      ["hang_up", null, "unreachable"],
      ["lose_answer", null, "unreachable"],
    ] as const)("asks for a retry after %j", async (fault, retryAfterMs, code) => {
      harness.service.fail(fault);
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs, code });
      harness.service.fail(null);
      expect(await notify("trigger")).toEqual({ ok: true });
      expect(incidents()).toHaveLength(1);
    });

    test.each([400, 401, 403, 404, 410, 413])("reports status %i as refused", async (status) => {
      harness.service.fail({ status });
      expect(await notify("trigger")).toEqual({ ok: false, kind: "refused", code: `http_${status}` });
    });

    test.each([301, 302, 307, 308])("refuses the redirect %i and sends nothing to its target", async (status) => {
      const { base } = harness.service;
      harness.service.fail({ status, headers: { location: `${base}elsewhere` } });
      expect(await notify("trigger")).toEqual({ ok: false, kind: "refused", code: `http_${status}` });
      expect(harness.service.received).toHaveLength(1);
    });

    test("gives up on a service that does not answer", async () => {
      harness.service.fail("hang");
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs: null, code: "timed_out" });
    });

    test("asks for a retry when the service is unreachable", async () => {
      await harness.service.stop();
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs: null, code: "unreachable" });
    });

    test("reports a failure without any secret and without text of the service", async () => {
      const quoting = harness.secrets.join(" ");
      for (const status of [400, 403, 429, 500, 302]) {
        const json = { status: quoting, result: quoting, message: quoting, errors: [quoting] };
        harness.service.fail({ status, json, headers: { location: "http://127.0.0.1:1/" } });
        const reported = JSON.stringify(await notify("trigger"));
        expect(reported).toContain(`http_${status}"`);
        for (const secret of harness.secrets) expect(reported).not.toContain(secret);
      }
    });
  });
}
