import { randomBytes } from "node:crypto";
import { DEMO_POLICY } from "../../../demo/policy.js";
import type { SlackDouble } from "../../../demo/slack/index.js";
import type { Database } from "../../../src/postgres/connection/database.js";
import type { Breakglass } from "../../../src/usecases/api.js";
import type { AppContext, Observer } from "../../../src/usecases/app-context.js";
import { builtCore, builtDatabase } from "./built.js";

/** The use cases over the real ledger and the real directory. Nothing delivers the effects. */
export interface Seam {
  readonly breakglass: Breakglass;
  readonly core: AppContext;
  readonly database: Database;
}

const nothing = (): void => {};
const silent: Observer = {
  commit: nothing,
  refusal: nothing,
  delivery: nothing,
  webhook: nothing,
  alerted: nothing,
  paged: nothing,
};

/** Creates the use cases from the modules of the built program. */
export async function openSeam(url: string, slack: SlackDouble): Promise<Seam> {
  const { createDatabase, createLedger, createQueries, createOutbox, createClaims } = await builtDatabase();
  const { createBreakglass, createDirectory, createWebClient, createInTurn, parsePolicy, sha256Hex } =
    await builtCore();
  const database = createDatabase({ url, max: 10, applicationName: "breakglass bench" });
  const parsed = parsePolicy(DEMO_POLICY, "bench.yaml");
  if (!parsed.ok) throw new Error("The demo's policy has errors.");
  const inForce = { policy: parsed.policy, hash: sha256Hex(DEMO_POLICY) };
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 1_500 });
  const core: AppContext = {
    ledger: createLedger(database),
    queries: createQueries(database),
    outbox: createOutbox(database, createClaims("bench")),
    policy: { current: () => inForce },
    directory: { ...createDirectory({ client, now: Date.now }), schedule: async () => null },
    pagers: [],
    wake: { effects: nothing, later: nothing, tick: nothing, followUp: nothing },
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: silent,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    readRequest: null,
    inTurn: createInTurn(),
  };
  return { breakglass: createBreakglass(core), core, database };
}
