import { z } from "zod";
import type { Projected } from "../domain/audit/compare.js";
import type { GateTables } from "../domain/audit/compare-gates.js";
import type { ChainPoint, StoredEntry } from "../domain/audit/stored.js";
import type { Database } from "./client.js";

const digest = z.instanceof(Uint8Array);
const seq = z.coerce.number();

const entries = z.array(
  z.object({
    seq,
    stream: z.string(),
    version: z.int().nullable(),
    body: z.string(),
    prev: digest,
    leaf: digest,
    hash: digest,
    texts: z.array(z.object({ field: z.string(), nonce: z.string().nullable(), text: z.string().nullable() })),
  }),
);

const ends = z.array(z.object({ seq, hash: digest, lastSeq: seq.nullable(), lastHash: digest.nullable() }));

/** A whole row, by column. */
const row = z.record(z.string(), z.unknown());

const projected = z.array(
  z.object({
    n: z.int(),
    row: row.nullable(),
    bodies: z.array(z.string()),
    approvals: z.array(z.string()),
    actions: z.array(row),
  }),
);

export interface VerifySource {
  /** Entries after `seq`, in order. */
  page(after: number, limit: number): Promise<StoredEntry[]>;
  /** The kept head and the last entry, both of one moment. */
  ends(): Promise<{ kept: ChainPoint; last: ChainPoint | null }>;
  /** Every bypass with a number above `after` that a projection knows, in order. */
  projections(after: number, limit: number): Promise<Projected[]>;
  /** Is that text known and gone? */
  wasRedacted(seq: number, field: string): Promise<boolean>;
  /** The projections of gates as they stand. */
  gates(): Promise<GateTables>;
  /** The policies on record, oldest first. */
  policies(): Promise<{ seq: number; hash: string }[]>;
}

/** What a verification reads, page by page. Needs nothing but SELECT. */
export function createVerifySource(db: Database, deadlineMs = 60_000): VerifySource {
  const asked = (label: string) => ({ label, deadlineMs });
  return {
    page: async (after, limit) =>
      entries.parse(
        await db.query(
          (sql) => sql`
            SELECT t.seq, t.stream, t.version, t.body, t.prev, t.leaf, t.hash, coalesce((
              SELECT jsonb_agg(jsonb_build_object('field', x.field, 'nonce', encode(x.nonce, 'hex'), 'text', x.text))
              FROM breakglass.trail_text x WHERE x.seq = t.seq), '[]') AS texts
            FROM breakglass.trail t WHERE t.seq > ${after}::bigint ORDER BY t.seq LIMIT ${limit}`,
          asked("verify entries"),
        ),
      ),
    ends: async () => {
      const rows = await db.query(
        (sql) => sql`
          SELECT h.seq, h.hash, t.seq AS "lastSeq", t.hash AS "lastHash" FROM breakglass.head h
          LEFT JOIN (SELECT seq, hash FROM breakglass.trail ORDER BY seq DESC LIMIT 1) t ON true`,
        asked("verify head"),
      );
      const [end] = ends.parse(rows);
      // Without a row there is no head that could be right.
      if (end === undefined) return { kept: { seq: -1, hash: new Uint8Array() }, last: null };
      const { lastSeq, lastHash } = end;
      const last = lastSeq === null || lastHash === null ? null : { seq: lastSeq, hash: lastHash };
      return { kept: { seq: end.seq, hash: end.hash }, last };
    },
    projections: async (after, limit) =>
      projected.parse(
        await db.query(
          (sql) => sql`
            WITH known AS (
              (SELECT n FROM breakglass.bypasses WHERE n > ${after}::integer ORDER BY n LIMIT ${limit})
              UNION (SELECT n FROM breakglass.approvals WHERE n > ${after}::integer ORDER BY n LIMIT ${limit})
              ORDER BY n LIMIT ${limit}
            )
            SELECT k.n, to_jsonb(b) || jsonb_build_object('declared_seq',
                (SELECT t.version FROM breakglass.trail t WHERE t.seq = b.declared_seq AND t.stream = 'BG-' || k.n)) AS row,
              ARRAY(SELECT t.body FROM breakglass.trail t WHERE t.stream = 'BG-' || k.n ORDER BY t.version) AS bodies,
              ARRAY(SELECT concat_ws(' ', a.person, a.account, a.version) FROM breakglass.approvals a WHERE a.n = k.n ORDER BY 1) AS approvals,
              ARRAY(SELECT to_jsonb(a) || jsonb_build_object('seq',
                (SELECT t.version FROM breakglass.trail t WHERE t.seq = a.seq AND t.stream = 'BG-' || k.n))
                FROM breakglass.actions a WHERE a.n = k.n) AS actions
            FROM known k LEFT JOIN breakglass.bypasses b ON b.n = k.n ORDER BY k.n`,
          asked("verify projections"),
        ),
      ),
    wasRedacted: async (at, field) => {
      const rows = await db.query(
        (sql) => sql`
          SELECT FROM breakglass.trail_text WHERE seq = ${at}::bigint AND field = ${field} AND text IS NULL`,
        asked("verify text"),
      );
      return rows.length > 0;
    },
    gates: async () => {
      const [found] = z.tuple([z.object({ items: z.array(row), marks: z.array(row), upTo: seq })]).parse(
        await db.query(
          (sql) => sql`
              SELECT ARRAY(SELECT to_jsonb(i) FROM breakglass.gate_items i) AS items,
                ARRAY(SELECT to_jsonb(m) FROM breakglass.gate_marks m) AS marks,
                (SELECT coalesce(max(t.seq), 0) FROM breakglass.trail t) AS "upTo"`,
          asked("verify gates"),
        ),
      );
      return found;
    },
    policies: async () =>
      z
        .array(z.object({ seq, hash: z.string() }))
        .parse(
          await db.query(
            (sql) => sql`SELECT seq, hash FROM breakglass.policies ORDER BY seq`,
            asked("verify policies"),
          ),
        ),
  };
}
