import { chainHash, type Digest, GENESIS, leafHash } from "../../../src/domain/events/hash.js";
import { bypassName } from "../../../src/domain/events/names.js";
import { readEntry } from "../../../src/domain/events/read-entry.js";
import { expectedOf, type Projected } from "../../../src/domain/verify/projections.js";
import { promisedBy } from "../../../src/domain/verify/promises.js";
import type { ChainPoint, StoredEntry, StoredText } from "../../../src/domain/verify/stored.js";
import type { VerifySource } from "../../../src/postgres/queries/verify-source.js";

/** Everything that a verification reads, copied from the database, so that tests can tamper with it in memory. */
export interface StoredTrail {
  readonly entries: readonly StoredEntry[];
  readonly head: ChainPoint;
  readonly projections: readonly Projected[];
  readonly policies: readonly { readonly seq: number; readonly hash: string }[];
  /** Texts before their redaction, as in an old backup, by the position of their entry. */
  readonly redacted: ReadonlyMap<number, readonly StoredText[]>;
}

export async function readStored(source: VerifySource, redacted: StoredTrail["redacted"]): Promise<StoredTrail> {
  const entries: StoredEntry[] = [];
  for (let page = await source.page(0, 500); page.length > 0; page = await source.page(entries.length, 500))
    entries.push(...page);
  const projections: Projected[] = [];
  for (let page = await source.projections(0, 100); page.length > 0; ) {
    projections.push(...page);
    page = await source.projections(projections.at(-1)?.n ?? 0, 100);
  }
  return { entries, head: (await source.ends()).kept, projections, policies: await source.policies(), redacted };
}

/** The source from which a verification reads this trail. */
export function sourceOf({ entries, head, projections, policies }: StoredTrail): VerifySource {
  const bodies = new Map<string, string[]>();
  for (const { stream, body } of [...entries].sort((a, b) => (a.version ?? 0) - (b.version ?? 0)))
    bodies.set(stream, [...(bodies.get(stream) ?? []), body]);
  const lastEntry = entries.at(-1);
  return {
    surroundings: async () => ({ outOfRange: 0, searchedBefore: [] }),
    page: async (after, limit) => {
      const from = entries.findIndex(({ seq }) => seq > after);
      return from < 0 ? [] : entries.slice(from, from + limit);
    },
    ends: async () => ({
      kept: head,
      last: lastEntry === undefined ? null : { seq: lastEntry.seq, hash: lastEntry.hash },
      isTwice: false,
    }),
    projections: async (after, limit) =>
      projections
        .filter(({ n }) => n > after)
        .slice(0, limit)
        .map((one) => ({ ...one, bodies: bodies.get(bypassName(one.n)) ?? [] })),
    wasRedacted: async (seq, field) =>
      entries.some((entry) => entry.seq === seq && entry.texts.some((one) => one.field === field && one.text === null)),
    policies: async () => [...policies],
    // The forger has made the tables beside the trail anew, too.
    commands: async (ids) => ids.map((id) => ({ id, firstSeq: 1, lastSeq: Number.MAX_SAFE_INTEGER })),
    countCommands: async () => 0,
    // No pipeline asks in these trails.
    uses: async () => [],
    countUses: async () => 0,
    notices: async () => [],
    // No gate is ever flagged in these trails.
    gates: async () => ({ items: [], marks: [], upTo: 0 }),
  };
}

/** Renumbers the entries from 1, rehashes the chain and updates the head, so that the chain is valid. */
export function rechained(trail: StoredTrail, entries: readonly StoredEntry[]): StoredTrail {
  let prev: Digest = GENESIS;
  const moved = new Map(entries.map(({ seq }, index) => [seq, index + 1]));
  const chained = entries.map((entry, index): StoredEntry => {
    const seq = index + 1;
    const body = redirected(entry.body, moved);
    const leaf = leafHash(body);
    const isSame = (a: Digest, b: Digest) => Buffer.compare(a, b) === 0;
    const stays = seq === entry.seq && isSame(leaf, entry.leaf) && isSame(prev, entry.prev);
    const link = { ...entry, seq, body, prev, leaf, hash: stays ? entry.hash : chainHash(prev, seq, leaf) };
    prev = link.hash;
    return link;
  });
  return { ...trail, entries: chained, head: { seq: chained.length, hash: prev } };
}

/** Updates the position in a redaction, since its entry has moved. */
function redirected(body: string, moved: ReadonlyMap<number, number>): string {
  if (!body.includes('"type":"text.redacted"')) return body;
  return body.replace(/"seq":(\d+)/, (whole, seq) => `"seq":${moved.get(Number(seq)) ?? whole.slice(6)}`);
}

/** Rebuilds the projections from the entries, as an expert superuser would. */
export function withTables(trail: StoredTrail): StoredTrail {
  const streams = new Map<string, StoredEntry[]>();
  for (const entry of trail.entries) streams.set(entry.stream, [...(streams.get(entry.stream) ?? []), entry]);
  const old = new Map(trail.projections.map((one) => [one.n, one]));
  const projections = [...streams].flatMap(([stream, entries]): Projected[] => {
    if (stream === "system") return [];
    const n = Number(stream.slice(3));
    const bodies = entries.map(({ body }) => body);
    const before = old.get(n);
    if (before !== undefined && before.bodies.join() === bodies.join()) return [before];
    try {
      return [projectionOf(n, bodies)];
    } catch {
      // An invalid history has no row that fits.
      return before === undefined ? [] : [before];
    }
  });
  const policies = trail.entries.flatMap(({ seq, body }) => {
    const hash = /"policyHash":"([^"]*)".*"type":"policy.changed"/.exec(body)?.[1];
    return hash === undefined ? [] : [{ seq, hash }];
  });
  return { ...trail, projections: projections.sort((a, b) => a.n - b.n), policies };
}

function projectionOf(n: number, bodies: readonly string[]): Projected {
  const expected = expectedOf(bodies.map(readEntry));
  if (expected === null) return { n, row: null, bodies, approvals: [], actions: [], outbox: [] };
  const { row, approvals, actions } = expected;
  return { n, row: stored(row), bodies, approvals, actions: actions.map(stored), outbox: outboxOf(bodies) };
}

/** What the entries call for, still waiting. */
function outboxOf(bodies: readonly string[]): Projected["outbox"] {
  const createdAt = new Date(0).toISOString();
  return promisedBy(bodies.map(readEntry)).promises.map(({ effect }) => ({
    effect: { ...effect },
    createdAt,
    doneAt: null,
    posted: false,
    failedCode: null,
  }));
}

/** Converts the names to those of a database row. */
const stored = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
