import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStage, type Stage, type StageOptions } from "../../demo/environment.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import { silentLog } from "../../src/lib/logger.js";
import { createTestDatabase, type TestDatabase } from "./postgres.js";

export interface House extends Stage {
  readonly database: TestDatabase;
}

/** The real bot (one or several) on the Slack double and a database of its own. */
export async function openHouse(options: Partial<StageOptions> = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-house-"));
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, DEMO_POLICY);
  const database = await createTestDatabase();
  const stage = await openStage({
    databaseUrl: database.appUrl,
    adminUrl: database.adminUrl,
    jobsUrl: database.jobsUrl,
    policyFile,
    ...options,
    overrides: { log: silentLog, ...options.overrides },
  });
  const close = async (): Promise<void> => {
    await stage.close();
    await database.drop();
    await rm(folder, { recursive: true });
  };
  return { ...stage, database, close };
}
