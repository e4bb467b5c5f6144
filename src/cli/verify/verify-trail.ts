import { type OpenedBody, openBody } from "../../domain/events/body.js";
import { bypassName } from "../../domain/events/names.js";
import { createHistoryCheck } from "../../domain/verify/allowed-history.js";
import type { Checkpoint } from "../../domain/verify/chain.js";
import type { Finding } from "../../domain/verify/findings.js";
import { createGateFold, type GateFold } from "../../domain/verify/gate-projections.js";
import { compareProjections } from "../../domain/verify/projections.js";
import { createVerifier, type Verification } from "../../domain/verify/verify.js";
import type { VerifySource } from "../../postgres/queries/verify-source.js";

const ENTRIES_PER_PAGE = 2_000;
const BYPASSES_PER_PAGE = 200;

export interface VerifyTrailOptions {
  readonly source: VerifySource;
  readonly checkpoints?: readonly Checkpoint[];
  /** Called after every page with the number of entries so far. */
  readonly onProgress?: (entries: number) => void;
}

/**
 * Verifies the chain of the whole trail, the invariants of its history, and that the projections follow from it. The
 * bot may keep writing meanwhile.
 */
export async function verifyTrail({ source, checkpoints = [], onProgress }: VerifyTrailOptions): Promise<Verification> {
  const verifier = createVerifier({ checkpoints });
  const bypasses = new Set<number>();
  const policies: { seq: number; hash: string }[] = [];
  const gates = createGateFold();
  const violations: Finding[] = [];
  const invariants = createHistoryCheck((finding) => violations.push(finding), gates);
  let count = 0;
  let after = 0;
  for (let more = true; more; ) {
    const page = await source.page(after, ENTRIES_PER_PAGE);
    for (const stored of page) {
      const body = verifier.entry(stored);
      if (body === null) continue;
      invariants.entry(stored.seq, body);
      if (body.n !== null) bypasses.add(body.n);
      if (body.n === null && body.event.type === "policy.changed") {
        policies.push({ seq: stored.seq, hash: body.event.policyHash });
      }
    }
    count += page.length;
    after = page.at(-1)?.seq ?? after;
    // Read until a page is empty: a redaction during the read adds its entry at the end.
    more = page.length > 0;
    if (more) onProgress?.(count);
  }
  const { kept, last } = await source.ends();
  verifier.headRow(kept, last);
  const verification = verifier.finish();
  invariants.finish();
  const findings = [
    ...(await dropTextsRedactedMeanwhile(source, verification.findings)),
    ...violations,
    ...(await projectionFindings(source, bypasses)),
    ...(await gateFindings(source, gates, after)),
    ...(await policyFindings(source, policies, verification.head?.seq ?? 0)),
  ];
  return { ...verification, findings };
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

async function projectionFindings(source: VerifySource, expected: Set<number>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const missing = new Set(expected);
  for (let after = 0, more = true; more; ) {
    const page = await source.projections(after, BYPASSES_PER_PAGE);
    for (const projected of page) {
      missing.delete(projected.n);
      findings.push(...compareProjections(projected));
    }
    after = page.at(-1)?.n ?? after;
    more = page.length > 0;
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
