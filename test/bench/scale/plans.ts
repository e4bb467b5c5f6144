import postgres from "postgres";
import { CAST } from "../../../demo/cast.js";
import type { Database } from "../../../src/postgres/connection/database.js";
import { newId, taken } from "../../contract/items.js";
import type { TestDatabase } from "../../support/postgres.js";
import { prepareWork } from "../commits/work.js";
import { builtDatabase } from "../support/built.js";

/** Tables that stay small however long the trail is. */
const SMALL = new Set(["head", "event_types", "policies", "gate_items"]);
/** Runs of each statement. From the sixth run on PostgreSQL may use a generic plan. */
const TIMES = 8;

/** The plans of all run-time statements, including those inside functions. */
export interface Plans {
  readonly statements: number;
  /** Sequential scans of tables that grow, as "table: statement". */
  readonly scans: readonly string[];
}

/** Runs every statement of ledger, queries and outbox eight times and collects the plans from auto_explain. */
export async function explainAll({ adminUrl, appUrl, appRole, name }: TestDatabase): Promise<Plans> {
  const admin = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  for (const [setting, value] of [
    ["session_preload_libraries", "auto_explain"],
    ["auto_explain.log_min_duration", "0"],
    ["auto_explain.log_nested_statements", "on"],
    ["auto_explain.log_level", "notice"],
  ] as const) {
    await admin.unsafe(`ALTER ROLE ${appRole} IN DATABASE ${name} SET ${setting} = '${value}'`);
  }
  const plans: string[] = [];
  const sql = postgres(appUrl, {
    max: 1,
    fetch_types: false,
    onnotice: ({ message }) => plans.push(message ?? ""),
  });
  try {
    await runEverything({
      query: async (build) => [...(await build(sql))],
      ping: async () => {},
      end: async () => {},
    });
  } finally {
    await sql.end();
    await admin.unsafe(`ALTER ROLE ${appRole} IN DATABASE ${name} RESET ALL`);
    await admin.end();
  }
  const scans = plans.flatMap((plan) => {
    const statement = /Query Text: ([\s\S]*?)\n\S/.exec(plan)?.[1]?.replace(/\s+/g, " ").slice(-160) ?? "";
    return [...plan.matchAll(/Seq Scan on (\w+)/g)].flatMap(([, table = ""]) =>
      SMALL.has(table) ? [] : [`${table}: ${statement}`],
    );
  });
  return { statements: plans.length, scans: [...new Set(scans)] };
}

async function runEverything(db: Database): Promise<void> {
  const { createClaims, createLedger, createOutbox, createQueries } = await builtDatabase();
  const [ledger, queries, outbox] = [createLedger(db), createQueries(db), createOutbox(db, createClaims("bench"))];
  const work = await prepareWork(ledger, 1);
  const day = new Date(Date.now() - 86_400_000);
  for (let time = 0; time < TIMES; time += 1) {
    const [declaration] = work.declarations(1)[0] ?? [];
    const declared = declaration === undefined ? null : taken(await ledger.commit(declaration.item));
    await ledger.load(declared?.n ?? 1);
    await ledger.load(1 + time);
    await ledger.now();
    await ledger.known(newId("unknown"));
    const [step] = work.logLines(1)[0] ?? [];
    const logged = step === undefined ? null : taken(await ledger.commit(step.item));
    step?.done();
    await queries.record(1 + time);
    await queries.open(50);
    await queries.reviews(20);
    await queries.due(200);
    await queries.lastRejection(
      { kind: "bypass", gates: ["e2e-suite"], targetKey: "service:bench-0", accounts: [CAST.priya] },
      day,
    );
    await queries.atMessage("C0INCIDENTS", "1.2");
    await queries.policyOnRecord();
    await queries.textAt(1 + time, "reason");
    await queries.followUps(200);
    await queries.reviewsOf(["on-call-lead"], { person: "dana", accounts: [CAST.dana] }, 200);
    await queries.actionsOf([CAST.dana], 200);
    await queries.overdueReviews("#incidents", 200);
    await queries.overdueActions("#incidents", 200);
    await queries.counted(day.toISOString(), null);
    await queries.counted(day.toISOString(), ["e2e-suite"]);
    await queries.gateItems();
    await queries.gateMarks("e2e-suite");
    await queries.acked(day.toISOString(), new Date().toISOString());
    await queries.lastDrills();
    await queries.begunAt();
    await queries.draft(1, CAST.dana);
    await ledger.scheduleFollowUp(1 + time, 1, null);
    await outbox.claimable(200);
    for (const [at, { id }] of [...(declared?.effects ?? []), ...(logged?.effects ?? [])].entries()) {
      await outbox.claim(id);
      await outbox.underWayBefore(id);
      if (at === 0 && time % 2 === 0) await outbox.release(id, 0, "bench");
      else await outbox.finish(id, { posted: { channel: "C0INCIDENTS", ts: "1.3" }, renderedVersion: 1 });
      if (time % 2 === 0) {
        await outbox.claim(id);
        await outbox.fail(id, "bench");
      }
    }
    await outbox.posted(1 + time, "alert");
    await outbox.allPosted(1 + time);
    await outbox.backlog();
  }
}
