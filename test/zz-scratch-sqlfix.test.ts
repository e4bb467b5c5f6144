import { readFileSync } from "node:fs";
import postgres from "postgres";
import { test } from "vitest";
import { createEmptyDatabase } from "./support/postgres.js";

test("apply", async () => {
  const g = await createEmptyDatabase();
  const a = postgres(g.adminUrl, { max: 1, onnotice: () => {} });
  for (const st of readFileSync("/tmp/sqlfix/mine.sql", "utf8").split("--> statement-breakpoint")) {
    try {
      await a.unsafe(st);
    } catch (e) {
      console.log("##", (e as Error).message, (e as { position?: string }).position, st.slice(0, 300));
      break;
    }
  }
  await a.end();
  await g.drop();
});
