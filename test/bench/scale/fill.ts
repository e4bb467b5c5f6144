import postgres from "postgres";
import { CAST } from "../../../demo/cast.js";
import type { Answer } from "../../../src/usecases/api.js";
import { typedBypass } from "../../../src/usecases/ports/bypass-ref.js";
import { personOf } from "../support/bots.js";
import type { Seam } from "../support/core.js";

/**
 * Expressions for the columns that differ between copies: `k` numbers the copies, `$entries` is the number of entries
 * per bypass.
 */
const DIFFERENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trail: {
    seq: "t.seq + k * $entries",
    stream: "'BG-' || (1 + k)",
    body: `replace(replace(t.body, '"BG-1"', '"BG-' || (1 + k) || '"'), '"REV-1"', '"REV-' || (1 + k) || '"')`,
  },
  trail_text: { seq: "t.seq + k * $entries" },
  commands: { id: "t.id || ':' || k" },
  bypasses: {
    n: "t.n + k",
    declared_seq: "t.declared_seq + k * $entries",
    ...Object.fromEntries(
      ["declared_at", "settled_at", "ends_at", "ended_at", "rejected_at", "review_due_at"].map((column) => [
        column,
        // The windows of the readings hold the same number of bypasses whatever the trail's length; the rest is older.
        `t.${column} - k * interval '5 minutes' - CASE WHEN k > $recent THEN interval '400 days' ELSE interval '0' END`,
      ]),
    ),
    // Each bypass has a pending reminder, and none is due.
    follow_up_at: "t.follow_up_at + (1 + k % 30) * interval '1 day'",
    alert_ts: "'1.' || k",
  },
  approvals: { n: "t.n + k" },
  outbox: { id: "gen_random_uuid()", position: "t.position + k * $rows", n: "t.n + k" },
};

/** Number of recent bypasses: all those of a trail of about a thousand entries. */
const RECENT = 90;

/**
 * Lives one bypass through the use cases (ten entries, effects done) and copies its rows of all tables until the trail has
 * `entries` entries. The copies keep the hashes of the original, which no benchmark reads or verifies.
 */
export async function fill(seam: Seam, adminUrl: string, entries: number): Promise<{ bypasses: number }> {
  await live(seam);
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(`
      SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '256MB';
      UPDATE breakglass.outbox SET done_at = created_at, posted_channel = 'C0INCIDENTS', posted_ts = '1.2', rendered_version = 1`);
    const counted = await sql<{ entries: number; rows: number }[]>`
      SELECT (SELECT count(*)::integer FROM breakglass.trail) AS entries,
        (SELECT max(position)::integer FROM breakglass.outbox) AS rows`;
    const life = counted[0] ?? { entries: 10, rows: 1 };
    const copies = Math.ceil(entries / life.entries) - 1;
    for (const [table, different] of Object.entries(DIFFERENT)) {
      const columns = await sql<{ name: string }[]>`
        SELECT attname AS name FROM pg_attribute
        WHERE attrelid = ${`breakglass.${table}`}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
      const names = columns.map(({ name }) => name);
      const values = names.map((name) => different[name] ?? `t.${name}`).join(", ");
      await sql.unsafe(`
        INSERT INTO breakglass.${table} (${names.join(", ")}) OVERRIDING SYSTEM VALUE
        SELECT ${values.replaceAll("$entries", String(life.entries)).replaceAll("$rows", String(life.rows)).replaceAll("$recent", String(RECENT))}
        FROM (SELECT * FROM breakglass.${table}) t CROSS JOIN generate_series(1, ${copies}) AS k`);
    }
    await sql.unsafe(`
      UPDATE breakglass.head SET seq = (SELECT max(seq) FROM breakglass.trail);
      SELECT setval(pg_get_serial_sequence('breakglass.outbox', 'position'), (SELECT max(position) FROM breakglass.outbox))`);
    // As autovacuum would have done on a trail of this length.
    for (const table of Object.keys(DIFFERENT)) await sql.unsafe(`VACUUM (ANALYZE) breakglass.${table}`);
    await sql.unsafe("CHECKPOINT");
    return { bypasses: copies + 1 };
  } finally {
    await sql.end();
  }
}

/** Lives one bypass from the declaration to the close: ten entries. */
async function live({ breakglass }: Seam): Promise<void> {
  const who = { user: personOf(0), origin: null };
  const declared = taken(
    await breakglass.declare(
      who,
      {
        kind: "bypass",
        path: "emergency_deploy",
        gates: ["e2e-suite"],
        target: "service:bench-0",
        incident: "INC-219",
        reason: "Production login is down. One-line config fix; smoke tests pass.",
        duration: "60m",
        again: null,
      },
      "life:declare",
    ),
  );
  const n = typedBypass(declared.record.n);
  taken(await breakglass.act({ user: CAST.dana, origin: null }, n, { type: "approve" }, "life:approve"));
  for (let line = 1; line <= 5; line += 1) {
    taken(
      await breakglass.act(who, n, { type: "log", line: `Step ${line} is done.`, via: "command" }, `life:log:${line}`),
    );
  }
  taken(await breakglass.act(who, n, { type: "close" }, "life:close"));
}

export function taken(answer: Answer): Extract<Answer, { ok: true }> {
  if (!answer.ok) throw new Error(`Refused: ${answer.refusal.code}`);
  return answer;
}
