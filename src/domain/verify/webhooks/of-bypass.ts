import type { Entry } from "../../events/entries.js";
import type { StoredEffect } from "../promises.js";
import type { WebhookCalls } from "./calls.js";
import type { WebhookFailures } from "./failures.js";

/** What a verification knows of webhooks once it has read all entries. */
export interface WebhookRecord {
  readonly calls: WebhookCalls;
  readonly failures: WebhookFailures;
}

/**
 * Compares what the entries of a bypass call for with its rows for webhooks. A commit queues them in its own statement, and
 * rows are never removed. A row that is missing, that the policy on record does not call for, or that is done without an
 * outcome was tampered with.
 */
export function brokenWebhooks(
  n: number,
  entries: readonly Entry[],
  rows: readonly StoredEffect[],
  { calls, failures }: WebhookRecord,
): readonly string[] {
  const queued = new Map<string, StoredEffect[]>();
  for (const row of rows) {
    if (row.effect.kind !== "webhook.send") continue;
    const name = nameOf(row.effect.webhook, row.effect.version);
    queued.set(name, [...(queued.get(name) ?? []), row]);
  }
  const broken: string[] = [];
  for (const { event, version, at } of entries) {
    const called = calls.of(event.type, at);
    for (const webhook of called?.must ?? []) {
      if (!queued.has(nameOf(webhook, version)))
        broken.push(`nothing was queued for the webhook ${webhook}, which its version ${version} calls for`);
    }
    for (const [name, found] of queued) {
      const webhook = name.slice(0, name.lastIndexOf(" "));
      if (name !== nameOf(webhook, version)) continue;
      queued.delete(name);
      const what = `version ${version} for the webhook ${webhook}`;
      if (called !== null && !called.may.includes(webhook))
        broken.push(`its ${what} was queued, which the policy on record does not call for`);
      if (found.length > 1) broken.push(`its ${what} was queued ${found.length} times`);
      const isFailed = failures.ofVersion(webhook, n, version);
      broken.push(
        ...found.flatMap((row) => outcomeViolation(row, isFailed, failures) ?? []).map((why) => `its ${what} ${why}`),
      );
    }
  }
  return [...broken, ...[...queued.keys()].map(() => "a webhook was to be sent an entry that it does not have")];
}

const nameOf = (webhook: unknown, version: unknown): string => `${String(webhook)} ${String(version)}`;

/** What is wrong with how a row was finished; `null` when nothing is. */
export function outcomeViolation(
  { doneAt, posted, failedCode }: StoredEffect,
  isFailed: boolean,
  failures: WebhookFailures,
): string | null {
  if (doneAt === null || posted) return null;
  if (failedCode === null) return "no longer waits, but nothing tells what came of it";
  return isFailed || !failures.covers(doneAt) ? null : "was given up, but no entry tells of it";
}
