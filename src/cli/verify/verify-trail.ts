import { type OpenedBody, openBody } from "../../domain/events/body.js";
import { bypassName } from "../../domain/events/names.js";
import { createHistoryCheck } from "../../domain/verify/allowed-history.js";
import { type Judged, readStored } from "../../domain/verify/by-policy/judge.js";
import type { Checkpoint } from "../../domain/verify/chain.js";
import type { Finding, Found } from "../../domain/verify/findings.js";
import { createGateFold, type GateFold } from "../../domain/verify/gate-projections.js";
import type { OriginOptions } from "../../domain/verify/origins/origins.js";
import { compareProjections } from "../../domain/verify/projections.js";
import type { Seen } from "../../domain/verify/stored.js";
import { createVerifier, type Verification } from "../../domain/verify/verify.js";
import { createWebhookCalls } from "../../domain/verify/webhooks/calls.js";
import { createWebhookFailures } from "../../domain/verify/webhooks/failures.js";
import type { WebhookRecord } from "../../domain/verify/webhooks/of-bypass.js";
import type { VerifySource } from "../../postgres/queries/verify-source.js";
import { createReading } from "./reading.js";
import { createSideTables } from "./side-tables.js";

const ENTRIES_PER_PAGE = 2_000;
const BYPASSES_PER_PAGE = 200;

export interface VerifyTrailOptions {
  readonly source: VerifySource;
  readonly checkpoints?: readonly Checkpoint[];
  /** How the origins of acts are judged. Default: they are only counted. */
  readonly origins?: OriginOptions;
  /** Called after every page with what was read: "2000 entries", "200 bypasses". */
  readonly onProgress?: (soFar: string) => void;
}

/** The result of verifying a trail in its database. */
export interface TrailVerification extends Verification {
  readonly judged: Judged;
  /** What could not be read, each as a sentence; the findings say nothing about it. */
  readonly unread: readonly string[];
  /** Whether every entry was read. */
  readonly seen: Seen;
}

/**
 * Verifies the chain of the whole trail, the invariants of its history, and that the projections follow from it. The
 * bot may keep writing meanwhile. Where one table cannot be read, the others are; without all entries, no table is compared
 * with them.
 * @throws DatabaseUnavailable
 */
export async function verifyTrail(options: VerifyTrailOptions): Promise<TrailVerification> {
  const { source, onProgress } = options;
  const reading = createReading();
  const verifier = createVerifier(options);
  const bypasses = new Set<number>();
  const policies: { seq: number; hash: string }[] = [];
  const gates = createGateFold();
  const findings: Finding[] = [];
  const found: Found = (finding) => findings.push(finding);
  const invariants = createHistoryCheck(found, gates);
  const webhooks: WebhookRecord = { calls: createWebhookCalls(), failures: createWebhookFailures() };
  const sideTables = createSideTables(webhooks);
  let commandsRead = true;
  let count = 0;
  let after = 0;

  const readEntries = async (): Promise<Seen> => {
    for (let more = true; more; ) {
      const page = await source.page(after, ENTRIES_PER_PAGE);
      const opened: { seq: number; body: OpenedBody }[] = [];
      for (const stored of page) {
        const body = verifier.entry(stored);
        if (body === null) continue;
        opened.push({ seq: stored.seq, body });
        invariants.entry(stored, body);
        webhooks.failures.entry(body.event, body.at);
        if (body.n !== null) bypasses.add(body.n);
        if (body.n === null && body.event.type === "policy.changed") {
          const { policyHash: hash } = body.event;
          policies.push({ seq: stored.seq, hash });
          webhooks.calls.policy(readStored(stored, hash)?.webhooks ?? null, body.at);
        }
      }
      const compare = () => sideTables.page(source, opened).then(() => true);
      commandsRead = commandsRead && (await reading.part("The table of commands", compare, false));
      count += page.length;
      after = page.at(-1)?.seq ?? after;
      // Read until a page is empty: a redaction during the read adds its entry at the end.
      more = page.length > 0;
      if (more) onProgress?.(`${count} entries`);
    }
    return "all";
  };
  const readHead = async () => {
    const { kept, last, isTwice } = await source.ends();
    verifier.headRow(kept, last);
    if (isTwice)
      found({ seq: 0, kind: "head", message: "The table head has a second row, so nothing can be recorded." });
  };

  const seen = await reading.part<Seen>("The entries", readEntries, "beginning");
  if (seen === "all") await reading.part("The head", readHead, undefined);
  const verification = verifier.finish(seen);
  const judged = invariants.finish(seen);
  const own = verification.findings;
  findings.unshift(...(await reading.part("The texts", () => dropTextsRedactedMeanwhile(source, own), own)));
  const compare = async (what: string, read: () => Promise<readonly Finding[]>) => {
    findings.push(...(await reading.part(what, read, [])));
  };
  await compare("What surrounds the trail", () => surroundingFindings(source));
  if (seen === "all") {
    await compare("The bypasses", () =>
      projectionFindings(source, bypasses, { restoredAt: sideTables.restoredAt(), webhooks }, onProgress),
    );
    await compare("The gates", () => gateFindings(source, gates, after));
    await compare("The policies", () => policyFindings(source, policies, verification.head?.seq ?? 0));
    if (commandsRead) await compare("The commands and the outbox", () => sideTables.finish(source, after));
  }
  return { ...verification, findings, judged, unread: reading.unread(), seen };
}

/** A text that was redacted after it was read looks like one that was kept, so its finding is checked again. */
async function dropTextsRedactedMeanwhile(source: VerifySource, findings: readonly Finding[]): Promise<Finding[]> {
  const kept: Finding[] = [];
  for (const finding of findings) {
    const mayBeRedacted = finding.kind === "kept_text" && finding.field !== undefined;
    if (mayBeRedacted && (await source.wasRedacted(finding.seq, finding.field))) continue;
    kept.push(finding);
  }
  return kept;
}

/** What could make the reads themselves say something else than the trail that was recorded. */
async function surroundingFindings(source: VerifySource): Promise<Finding[]> {
  const { outOfRange, searchedBefore } = await source.surroundings();
  const messages = [
    ...(outOfRange === 0
      ? []
      : [
          `Entries have numbers below 1 or above ${Number.MAX_SAFE_INTEGER}: ${outOfRange} of them, which were not read.`,
        ]),
    ...searchedBefore.map(
      (schema) => `Functions are looked for in the schema ${schema} first, so the answers may not be PostgreSQL's own.`,
    ),
  ];
  return messages.map((message) => ({ seq: 0, kind: "violation", message }));
}

async function projectionFindings(
  source: VerifySource,
  expected: Set<number>,
  { restoredAt, webhooks }: { readonly restoredAt: string | null; readonly webhooks: WebhookRecord },
  onProgress: VerifyTrailOptions["onProgress"],
): Promise<Finding[]> {
  let count = 0;
  const findings: Finding[] = [];
  const missing = new Set(expected);
  for (let after = 0, more = true; more; ) {
    const page = await source.projections(after, BYPASSES_PER_PAGE);
    for (const projected of page) {
      missing.delete(projected.n);
      findings.push(...compareProjections(projected, restoredAt, webhooks));
    }
    after = page.at(-1)?.n ?? after;
    count += page.length;
    more = page.length > 0;
    if (more) onProgress?.(`${count} bypasses`);
  }
  for (const n of missing)
    findings.push({ seq: 0, kind: "projection", message: `${bypassName(n)}: it has entries, but no row.` });
  return findings;
}

/** Compares the gate tables. First folds in the entries recorded between the last page and the read of the tables. */
async function gateFindings(source: VerifySource, gates: GateFold, readTo: number): Promise<Finding[]> {
  const stored = await source.gates();
  for (let after = readTo; after < stored.upTo; ) {
    const page = (await source.page(after, ENTRIES_PER_PAGE)).filter(({ seq }) => seq <= stored.upTo);
    for (const { seq, body } of page) {
      const opened = bodyOf(body);
      if (opened !== null) gates.entry(seq, opened.event, opened.at);
    }
    after = page.at(-1)?.seq ?? stored.upTo;
  }
  return gates.differences(stored).map((message) => ({ seq: 0, kind: "projection", message }));
}

/** Returns `null` for a body that cannot be read; the next verification reports it. */
function bodyOf(body: string): OpenedBody | null {
  try {
    return openBody(body);
  } catch {
    return null;
  }
}

async function policyFindings(
  source: VerifySource,
  expected: readonly { seq: number; hash: string }[],
  end: number,
): Promise<Finding[]> {
  const stored = (await source.policies()).filter(({ seq }) => seq <= end);
  const line = ({ seq, hash }: { seq: number; hash: string }) => `${seq} ${hash}`;
  if (stored.map(line).join() === expected.map(line).join()) return [];
  return [{ seq: 0, kind: "projection", message: "The table of policies is not what the entries say." }];
}
