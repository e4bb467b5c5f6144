import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createLogger } from "../src/lib/logger.js";
import { EmbeddedPostgresError, systemCode } from "../src/postgres/embedded/errors.js";
import { makeFolder } from "../src/postgres/embedded/folders.js";
import { FALLBACKS, rememberedHome } from "../src/postgres/embedded/place.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../src/postgres/embedded/start.js";
import type { Cleanup } from "./cleanup.js";
import { openDemoEnvironment } from "./environment.js";
import { DemoCannot } from "./errors.js";
import { postGuard } from "./guard.js";
import type { DemoOptions } from "./options.js";
import { DEMO_POLICY } from "./policy.js";
import { keepWorkspace } from "./workspace/keeper.js";
import { createScreens } from "./workspace/screens.js";
import { createSeen } from "./workspace/seen.js";
import { serveWorkspace } from "./workspace/server.js";
import { type Found, putAside, readStored } from "./workspace/store.js";

/** Folder of the demo's workspace and database, inside the current folder. */
const FOLDER = ".breakglass-demo";
const DEFAULT_PORT = 4777;
const PORTS_TRIED = 20;

type Say = (line: string) => void;

/** Starts the workspace and resolves with the address of its page. It runs until `cleanup` runs. */
export async function serve(cleanup: Cleanup, { port, fresh }: DemoOptions, say: Say): Promise<string> {
  const folder = resolve(FOLDER);
  let farewell: string | null = null;
  // Held first and so undone last: by then everything has stopped.
  await cleanup.hold(
    async () => {},
    async () => {
      if (farewell !== null) say(farewell);
    },
  );
  // Starts before the database, since the demo may be killed while the database starts.
  await cleanup.hold(
    async () => postGuard({ folder }),
    (guard) => guard.dismiss(),
  );
  const database = await cleanup.hold(
    () => openDatabase(folder, fresh, say),
    (made) => made.stop(),
  );
  const found = await readStored(folder);
  if (found === "unreadable") {
    const aside = await putAside(folder);
    say(
      `The workspace in ${FOLDER} cannot be read, so the channels begin empty. The trail is there, and the old workspace is kept as ${aside}.`,
    );
  }
  const policyFile = join(folder, "breakglass.yaml");
  const environment = await cleanup.hold(
    async () => {
      await writeFile(policyFile, DEMO_POLICY);
      return openDemoEnvironment({
        databaseUrl: database.appUrl,
        adminUrl: database.adminUrl,
        jobsUrl: database.jobsUrl,
        policyFile,
        overrides: { log: createLogger({ level: "error" }), say: () => {} },
        ...restored(found),
      });
    },
    (made) => made.close(),
  );
  const now = (): number => Date.now() + environment.offsetMs();
  const seen = createSeen(environment.slack, now, typeof found === "string" ? undefined : found.seen);
  await cleanup.hold(
    async () => keepWorkspace(environment, seen, folder, say),
    async (keeper) => {
      const kept = await keeper.stop();
      farewell = kept
        ? `Stopped. The workspace is kept in ${folder}.`
        : `Stopped. The workspace could not be kept as it was; what was kept before is in ${folder}.`;
    },
  );
  const screens = await cleanup.hold(
    async () => createScreens({ environment, seen, now }),
    async (made) => made.close(),
  );
  const page = await cleanup.hold(
    () => onFreePort(port, (one) => serveWorkspace({ screens, port: one })),
    (made) => made.close(),
  );
  await writeFile(addressFile(folder), page.url).catch(() => {});
  return page.url;
}

const addressFile = (folder: string): string => join(folder, "address");

const restored = (found: Found) =>
  typeof found === "string" ? {} : { aheadMs: found.aheadMs, double: { kept: found.workspace } };

async function openDatabase(folder: string, fresh: boolean, say: Say) {
  const options = { dataDir: folder, newSecret: () => randomBytes(24).toString("hex"), log: say, fallbacks: FALLBACKS };
  try {
    await makeFolder(folder);
    if (fresh) {
      await removeOld(folder, () => startEmbeddedPostgres(options));
      await makeFolder(folder);
    }
    return await startEmbeddedPostgres(options);
  } catch (fault) {
    throw await explained(fault, folder);
  }
}

/** Faults of the old data, as opposed to faults of this machine or a conflict with another demo. */
const OF_THE_DATA: ReadonlySet<string> = new Set(["start_failed", "other_version", "data_lost"]);

/**
 * Deletes the data of an earlier demo. Starts its server first: only a start proves that no other demo uses the data.
 */
async function removeOld(folder: string, start: () => Promise<EmbeddedPostgres>): Promise<void> {
  try {
    await (await start()).stop();
  } catch (fault) {
    // Unusable data may be deleted: the user asked for a fresh start.
    if (fault instanceof EmbeddedPostgresError && !OF_THE_DATA.has(fault.code)) throw fault;
  }
  const elsewhere = await rememberedHome(folder).catch(() => undefined);
  for (const old of [elsewhere, folder]) if (old !== undefined) await rm(old, { recursive: true, force: true });
}

/** Error codes of the file system that say the folder cannot be used. */
const OF_THE_FOLDER =
  /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|EIO|ENOENT|ENOTDIR|EISDIR|EEXIST|ENOTEMPTY|ENAMETOOLONG|ELOOP)$/;

async function explained(fault: unknown, folder: string): Promise<unknown> {
  if (fault instanceof EmbeddedPostgresError && fault.code === "already_running") {
    const address = await readFile(addressFile(folder), "utf8").catch(() => null);
    const where = address === null ? "" : ` Its page: ${address}`;
    return new DemoCannot(`The demo runs already, on the data in ${FOLDER}. This one was not started.${where}`);
  }
  if (fault instanceof EmbeddedPostgresError && OF_THE_DATA.has(fault.code))
    return new DemoCannot(
      `${fault.message}\nThe data in ${folder} is untouched. \`npm run demo -- --fresh\` deletes it and begins anew.`,
    );
  if (fault instanceof EmbeddedPostgresError) return new DemoCannot(`${fault.message} ${fault.whatToDo}`);
  const code = systemCode(fault) ?? "";
  if (!OF_THE_FOLDER.test(code)) return fault;
  return new DemoCannot(
    `The demo keeps its workspace in ${folder}, which cannot be used (${code}). Nothing was started: make room or make it writable, start the demo in another folder, or begin anew with \`npm run demo -- --fresh\`.`,
  );
}

/** Listens on the requested port, or else on the first free one from the default port on. */
async function onFreePort<T>(asked: number | null, listen: (port: number) => Promise<T>): Promise<T> {
  for (let port = asked ?? DEFAULT_PORT; ; port++) {
    try {
      return await listen(port);
    } catch (fault) {
      if (systemCode(fault) !== "EADDRINUSE") throw fault;
      if (asked !== null)
        throw new DemoCannot(`Port ${port} on 127.0.0.1 is taken. Choose another with --port, or leave it out.`);
      if (port === DEFAULT_PORT + PORTS_TRIED)
        throw new DemoCannot(`The ports from ${DEFAULT_PORT} to ${port} are taken. Choose another with --port.`);
    }
  }
}
