import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoEnvironment, type DemoEnvironmentOptions, openDemoEnvironment } from "../../demo/environment.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import { silentLog } from "../../src/lib/logger.js";
import { createTestDatabase, type TestDatabase } from "./postgres.js";

export interface TestApp extends DemoEnvironment {
  readonly database: TestDatabase;
}

export type TestAppOptions = Partial<DemoEnvironmentOptions> & {
  /** Leads the bot to its database by a detour, such as a pooler. The test itself goes the direct way. */
  readonly through?: (url: string) => string;
};

/** One or several real bots on the Slack double and their own database. */
export async function openTestApp({ through = (url) => url, ...options }: TestAppOptions = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-testApp-"));
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, DEMO_POLICY);
  const database = await createTestDatabase();
  const environment = await openDemoEnvironment({
    databaseUrl: through(database.appUrl),
    adminUrl: through(database.adminUrl),
    jobsUrl: through(database.jobsUrl),
    policyFile,
    ...options,
    overrides: { log: silentLog, ...options.overrides },
  });
  const close = async (): Promise<void> => {
    await environment.close();
    await database.drop();
    await rm(folder, { recursive: true });
  };
  return { ...environment, database, close };
}
