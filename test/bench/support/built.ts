import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const DIST = pathToFileURL(`${resolve(import.meta.dirname, "../../../dist/src")}/`);

/** Imports a module of the built program. `path` is relative to `dist/src`; the type is that of the source. */
function module<T>(path: string): Promise<T> {
  const address = new URL(path, DIST).href;
  return import(/* @vite-ignore */ address) as Promise<T>;
}

/** The built database modules, for benchmarks that measure in their own process: the code that runs in production. */
export async function builtDatabase() {
  const [database, ledger, queries, outbox, claims] = await Promise.all([
    module<typeof import("../../../src/postgres/connection/database.js")>("postgres/connection/database.js"),
    module<typeof import("../../../src/postgres/trail/ledger.js")>("postgres/trail/ledger.js"),
    module<typeof import("../../../src/postgres/queries/queries.js")>("postgres/queries/queries.js"),
    module<typeof import("../../../src/postgres/outbox/outbox.js")>("postgres/outbox/outbox.js"),
    module<typeof import("../../../src/postgres/outbox/claims.js")>("postgres/outbox/claims.js"),
  ]);
  return {
    createDatabase: database.createDatabase,
    createLedger: ledger.createLedger,
    createQueries: queries.createQueries,
    createOutbox: outbox.createOutbox,
    createClaims: claims.createClaims,
  };
}

/** The built use cases and their dependencies. */
export async function builtCore() {
  const [breakglass, directory, web, inTurn, policy, canonical] = await Promise.all([
    module<typeof import("../../../src/usecases/breakglass.js")>("usecases/breakglass.js"),
    module<typeof import("../../../src/slack/directory/directory.js")>("slack/directory/directory.js"),
    module<typeof import("../../../src/slack/delivery/web-client.js")>("slack/delivery/web-client.js"),
    module<typeof import("../../../src/lib/in-turn.js")>("lib/in-turn.js"),
    module<typeof import("../../../src/domain/policy/parse.js")>("domain/policy/parse.js"),
    module<typeof import("../../../src/domain/events/canonical.js")>("domain/events/canonical.js"),
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
