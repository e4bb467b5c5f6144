import { expect, test } from "vitest";
import { PER_MINUTE } from "../../../demo/slack/rate-limits.js";
import { METHOD_SCOPES } from "../../../src/slack/manifest.js";
import { RATES } from "../../../src/slack/pacing/published-rates.js";

test("Slack's published rates are listed for each method that Breakglass calls, and for no other", () => {
  expect([...RATES.keys()].sort()).toEqual([...Object.keys(METHOD_SCOPES), "apps.connections.open"].sort());
});

test("no method is called more often than the Slack double, which has read the same pages, lets anybody", () => {
  const above = [...RATES].filter(([method, { calls, ms }]) => !(calls * (60_000 / ms) <= (PER_MINUTE[method] ?? 0)));
  expect(above).toEqual([]);
});
