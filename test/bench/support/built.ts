import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const DIST = pathToFileURL(`${resolve(import.meta.dirname, "../../../dist/src")}/`);

/** A module of the built program: `path` is relative to `dist/src`. The type is that of its source. */
function module<T>(path: string): Promise<T> {
  const address = new URL(path, DIST).href;
  return import(/* @vite-ignore */ address) as Promise<T>;
}

/** What is measured within the process that measures, as Node runs it in production. */
export async function builtDatabase() {
  const [client, ledger, queries, outbox] = await Promise.all([
    module<typeof import("../../../src/postgres/connection/database.js")>("db/client.js"),
    module<typeof import("../../../src/postgres/trail/ledger.js")>("db/trail/ledger.js"),
    module<typeof import("../../../src/postgres/queries/queries.js")>("db/queries.js"),
    module<typeof import("../../../src/postgres/outbox/outbox.js")>("db/outbox.js"),
  ]);
  return {
    createDatabase: client.createDatabase,
    createLedger: ledger.createLedger,
    createQueries: queries.createQueries,
    createOutbox: outbox.createOutbox,
  };
}

/** The use cases and what they stand on. */
export async function builtCore() {
  const [breakglass, directory, web, inTurn, policy, canonical] = await Promise.all([
    module<typeof import("../../../src/usecases/breakglass.js")>("usecases/breakglass.js"),
    module<typeof import("../../../src/slack/directory/directory.js")>("slack/directory.js"),
    module<typeof import("../../../src/slack/delivery/web-client.js")>("slack/web-client.js"),
    module<typeof import("../../../src/lib/in-turn.js")>("lib/in-turn.js"),
    module<typeof import("../../../src/domain/policy/parse.js")>("domain/policy/parse.js"),
    module<typeof import("../../../src/domain/events/canonical.js")>("domain/audit/canonical.js"),
  ]);
  return {
    createBreakglass: breakglass.createBreakglass,
    createDirectory: directory.createDirectory,
    createWebClient: web.createWebClient,
    createInTurn: inTurn.createInTurn,
    parsePolicy: policy.parsePolicy,
    sha256Hex: canonical.sha256Hex,
  };
}
