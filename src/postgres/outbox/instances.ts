import { z } from "zod";
import type { Instances } from "../../usecases/ports/ports.js";
import type { Database } from "../connection/database.js";
import { createQueryRunner, type QueryRunnerOptions } from "../connection/query-runner.js";
import type { Claims } from "./claims.js";

/** The code of a row that was given back because the answer to its claim came too late, or never. */
const CLAIM_UNKNOWN = "claim_unknown";

const found = z.object({ id: z.string(), claim: z.int().nullable() });

/**
 * The register of instances in PostgreSQL. Give it a connection of its own: a beat that waits behind the statements of
 * a burst would make a busy process look dead.
 */
export function createInstances(db: Database, claims: Claims, options: QueryRunnerOptions = {}): Instances {
  const { once, write } = createQueryRunner(db, options);
  const { instance } = claims;

  /** Gives a row back. Changes nothing if another claim holds it by now. */
  const giveBack = (id: string, claim: number) =>
    write(
      "outbox give back",
      z.object({}),
      (sql) => sql`
        SELECT breakglass.outbox_release(${id}::uuid, ${instance}, ${claim}::integer, 0::bigint, ${CLAIM_UNKNOWN})`,
    );

  return {
    beat: async (ttlMs, alone) => {
      const rows = await once(
        "heartbeat",
        found,
        (sql) => sql`SELECT id, claim FROM breakglass.heartbeat(${instance}, ${ttlMs}::integer, ${alone})`,
      );
      const adrift: string[] = [];
      for (const { id, claim } of rows) {
        if (claim !== null && claims.isKnown(claim)) continue;
        if (claim !== null) await giveBack(id, claim);
        adrift.push(id);
      }
      return adrift;
    },
    retire: async () => {
      await write("retire", z.object({}), (sql) => sql`SELECT breakglass.retire(${instance})`);
    },
  };
}
