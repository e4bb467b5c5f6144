import postgres from "postgres";
import { expect, it } from "vitest";
import { z } from "zod";
import { createLogger } from "../../src/lib/logger.js";
import { createTestDatabase } from "../support/postgres.js";
import { openTestApp } from "../support/test-app.js";

it("a start on a database that somebody has altered names what differs in the log, in words that are not withheld", async () => {
  const database = await createTestDatabase();
  const admin = postgres(database.adminUrl, { max: 1, fetch_types: false });
  await admin`ALTER TABLE breakglass.trail DISABLE TRIGGER trail_is_never_changed`;
  await admin.end();
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  const testApp = await openTestApp({
    databaseUrl: database.appUrl,
    adminUrl: database.adminUrl,
    jobsUrl: database.jobsUrl,
    overrides: { log: createLogger({ level: "info", stream: { write } }) },
  });
  try {
    expect(lines.filter(({ event }) => event === "database.altered")).toMatchObject([
      { level: "warn", finding: expect.stringContaining("trail_is_never_changed is not that of this release") },
    ]);
    expect(JSON.stringify(lines)).not.toContain("[withheld]");
  } finally {
    await testApp.close();
    await database.drop();
  }
});
