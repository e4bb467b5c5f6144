import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PagerAction } from "../../src/domain/events/catalogue/delivery.js";
import type { OutsidePager, PagerNotification } from "../../src/usecases/ports/ports.js";
import { recordIn } from "../slack/messages/fixtures.js";
import type { Incident } from "../support/pagers/incidents.js";
import type { Service } from "../support/pagers/service.js";

/** What the suite needs of the service behind the port. */
export interface PagerHarness {
  readonly pager: OutsidePager;
  readonly service: Service & { readonly incidents: readonly Incident[]; readonly refused: readonly string[] };
  /** What must never leave but to the service itself. */
  readonly secrets: readonly string[];
}

const KEY = "breakglass-0123456789ab-BG-42";
const LINK = "https://acme.slack.com/archives/C0INC/p1782136931000100";

/** A notification of the fixtures' bypass; step and role go with a trigger, as in the effects. */
export function ringing(action: PagerAction, more: Partial<PagerNotification> = {}): PagerNotification {
  const on = action === "trigger" ? { step: 0, role: "on-call-lead" } : { step: null, role: null };
  return { action, key: KEY, ...on, record: recordIn("requested"), link: LINK, ...more };
}

/** Run on every implementation of `OutsidePager`. */
export function pagerContract(name: string, start: () => Promise<PagerHarness>): void {
  describe(`${name} keeps the contract of OutsidePager`, () => {
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

    test("an end of what was never step is taken, and opens nothing", async () => {
      expect(await notify("acknowledge")).toEqual({ ok: true });
      expect(await notify("resolve")).toEqual({ ok: true });
      expect(incidents()).toEqual([]);
    });

    test("says which bypass, path, gates and incident, and where it stands in the trail", async () => {
      await notify("trigger");
      const sent = JSON.stringify(harness.service.received[0]?.json);
      const newest = recordIn("requested").entries.at(-1);
      const facts = ["BG-42", "emergency_deploy", "e2e-suite", "INC-219", "U0PRIYA", "on-call-lead", newest?.head];
      for (const event of facts) expect(sent).toContain(event);
    });

    test("sends nothing that a person wrote", async () => {
      const { record } = ringing("trigger");
      const written = record.entries.flatMap(({ texts }) => Object.values(texts)).filter((text) => text !== null);
      expect(written.length).toBeGreaterThan(1);
      for (const action of ["trigger", "acknowledge", "resolve"] as const) await notify(action);
      const sent = JSON.stringify(harness.service.received.map(({ json }) => json));
      for (const text of written) expect(sent).not.toContain(text);
    });

    test("without a link it notifications all the same", async () => {
      expect(await notify("trigger", { link: null })).toEqual({ ok: true });
      expect(incidents()).toMatchObject([{ links: [] }]);
    });

    test("a hundred gates with long names are still taken", async () => {
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
      // Something in between that says yes to everything: nobody was woken.
      [{ status: 204 }, null, "http_204"],
      ["hang_up", null, "unreachable"],
      ["lose_answer", null, "unreachable"],
    ] as const)("%j: try again", async (fault, retryAfterMs, code) => {
      harness.service.fail(fault);
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs, code });
      harness.service.fail(null);
      expect(await notify("trigger")).toEqual({ ok: true });
      expect(incidents()).toHaveLength(1);
    });

    test.each([400, 401, 403, 404, 410, 413])("%i: refused", async (status) => {
      harness.service.fail({ status });
      expect(await notify("trigger")).toEqual({ ok: false, kind: "refused", code: `http_${status}` });
    });

    test.each([301, 302, 307, 308])(
      "%i: a redirect is refused, and nothing is sent to where it points",
      async (status) => {
        const { base } = harness.service;
        harness.service.fail({ status, headers: { location: `${base}elsewhere` } });
        expect(await notify("trigger")).toEqual({ ok: false, kind: "refused", code: `http_${status}` });
        expect(harness.service.received).toHaveLength(1);
      },
    );

    test("gives up on a service that does not answer", async () => {
      harness.service.fail("hang");
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs: null, code: "timed_out" });
    });

    test("a service that is not there is tried again", async () => {
      await harness.service.stop();
      expect(await notify("trigger")).toEqual({ ok: false, kind: "later", retryAfterMs: null, code: "unreachable" });
    });

    test("nothing of a secret, and no text of theirs, stands in what it says of a failure", async () => {
      const quoting = harness.secrets.join(" ");
      for (const status of [400, 403, 429, 500, 302]) {
        const json = { status: quoting, result: quoting, message: quoting, errors: [quoting] };
        harness.service.fail({ status, json, headers: { location: "http://127.0.0.1:1/" } });
        const said = JSON.stringify(await notify("trigger"));
        expect(said).toContain(`http_${status}"`);
        for (const secret of harness.secrets) expect(said).not.toContain(secret);
      }
    });
  });
}
