import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../../src/postgres/embedded/folders.js";
import { findPostmaster } from "../../../src/postgres/embedded/postmaster.js";
import { openDatabase } from "../../../src/postgres/open.js";
import { type Ground, openGround } from "./ground.js";

let folder: string;
let ground: Ground;

beforeAll(async () => {
  folder = await makeTemporaryFolder("breakglass-doctor-embedded-");
  ground = await openGround({ BREAKGLASS_DATA: folder });
});
afterAll(async () => {
  await ground?.close();
  await rm(folder, { recursive: true });
});

const openEmbedded = () =>
  openDatabase({
    place: { kind: "embedded", dataDir: folder },
    jobsHere: true,
    newSecret: () => "0123456789abcdef01234567",
    say: () => {},
  });

test("breakglass doctor makes no database where a bot has made none", async () => {
  const { code, findings, skipped } = await ground.doctor();
  expect({ code, findings }).toEqual({ code: 0, findings: [] });
  expect(skipped.find(({ check }) => check === "database")?.why).toContain("no database in");
  expect(await readdir(folder)).toEqual([]);
});

test("breakglass doctor looks into the bot's own database while the bot runs and when it does not", async () => {
  const opened = await openEmbedded();
  const beside = await ground.doctor();
  await opened.close();
  const alone = await ground.doctor();
  for (const { code, findings, fine } of [beside, alone]) {
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(fine).toContain("database");
  }
  expect(await findPostmaster(join(folder, "postgres", "data"))).toBeUndefined();
});

test("breakglass doctor names data of another PostgreSQL, and what to do about it", async () => {
  await writeFile(join(folder, "postgres", "data", "PG_VERSION"), "12\n");
  const { code, findings } = await ground.doctor();
  expect(code).toBe(1);
  expect(findings).toEqual([expect.objectContaining({ check: "database", problem: expect.stringContaining("12") })]);
});
