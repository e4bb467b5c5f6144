import { randomBytes } from "node:crypto";
import { formatPolicyError, type Policy, parsePolicy } from "../../domain/policy/parse.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import { readPostgresAddress } from "../../lib/postgres-address/address.js";
import { createDatabase } from "../../postgres/connection/database.js";
import { forgetClientSettings } from "../../postgres/embedded/client-settings.js";
import { createQueries } from "../../postgres/queries/queries.js";
import { createLedger } from "../../postgres/trail/ledger.js";
import type { AppContext } from "../../usecases/app-context.js";
import type { CommandIo } from "../command.js";
import type { ListOptions } from "./options.js";

/** What a command on webhooks works with: the policy file, and the trail as the bot reads and writes it. */
export interface Opened {
  readonly policy: Policy;
  readonly context: Pick<AppContext, "ledger" | "random" | "policy" | "queries">;
  close(): Promise<void>;
}

/** A replay looks through the whole trail. */
const DEADLINE_MS = 60_000;

/**
 * Reads the policy and connects to the database. Neither has to be the bot's own machine, but both its own.
 * @throws FaultyConfiguration for a policy or an address that cannot be used
 */
export async function open(options: ListOptions, io: CommandIo): Promise<Opened> {
  const inForce = await readPolicy(options.policy ?? (io.env.BREAKGLASS_POLICY?.trim() || "./breakglass.yaml"), io);
  const db = createDatabase({
    url: addressOf(options.url, io),
    max: 1,
    deadlineMs: DEADLINE_MS,
    applicationName: "breakglass",
    pooled: true,
  });
  const limits = { deadlineMs: DEADLINE_MS };
  return {
    policy: inForce.policy,
    context: {
      ledger: createLedger(db, limits),
      queries: createQueries(db, limits),
      policy: { current: () => inForce },
      random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    },
    close: () => db.end(),
  };
}

async function readPolicy(file: string, io: CommandIo): Promise<ReturnType<AppContext["policy"]["current"]>> {
  const bytes = await io.readFile(file).catch(() => null);
  if (bytes === null) {
    throw new FaultyConfiguration("The policy was not read.", [
      `${file} cannot be read: name the bot's policy with --policy or BREAKGLASS_POLICY`,
    ]);
  }
  const parsed = parsePolicy(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), file);
  if (!parsed.ok) throw new FaultyConfiguration("The policy is faulty.", parsed.errors.map(formatPolicyError));
  return { policy: parsed.policy, hash: parsed.hash };
}

function addressOf(given: string | undefined, io: CommandIo): string {
  forgetClientSettings(io.env);
  const url = given ?? io.env.DATABASE_URL?.trim();
  const name = given === undefined ? "DATABASE_URL" : "--url";
  if (url === undefined || url === "") {
    throw new FaultyConfiguration("There is no database.", [
      "it is not said which database to use: set DATABASE_URL to that of the bot, or give --url",
    ]);
  }
  const reading = readPostgresAddress(url);
  if ("faults" in reading)
    throw new FaultyConfiguration(
      "The address is faulty.",
      reading.faults.map((fault) => `${name} ${fault}`),
    );
  return url;
}
