import { resolve } from "node:path";
import { openStage, type Stage, type StageOptions } from "../../src/demo/stage.js";
import { silentLog } from "../../src/lib/logger.js";
import { createTestDatabase, type TestDatabase } from "./postgres.js";

export interface House extends Stage {
  readonly database: TestDatabase;
}

const SAMPLE = resolve(import.meta.dirname, "../../breakglass.yaml");

/** The real bot (one or several) on the Slack double and a database of its own. */
export async function openHouse(options: Partial<StageOptions> = {}): Promise<House> {
  const database = await createTestDatabase();
  const stage = await openStage({
    databaseUrl: database.appUrl,
    adminUrl: database.adminUrl,
    jobsUrl: database.jobsUrl,
    policyFile: SAMPLE,
    ...options,
    overrides: { log: silentLog, ...options.overrides },
  });
  const close = async (): Promise<void> => {
    await stage.close();
    await database.drop();
  };
  return { ...stage, database, close };
}
