import { FaultyConfiguration } from "../../lib/errors.js";
import { createDatabase, DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "./database.js";
import { databaseError } from "./errors.js";

/** An address of PostgreSQL, with the variable that it was read from. */
export interface NamedUrl {
  readonly variable: "DATABASE_URL" | "DATABASE_ADMIN_URL" | "DATABASE_JOBS_URL";
  readonly url: string;
}

export interface WaitOptions {
  /** How long to wait for a server that does not answer, in milliseconds; 30,000 by default. */
  readonly waitMs?: number | undefined;
  /** Receives lines for the operator: one at once, then one every 5 s. */
  readonly say: (line: string) => void;
}

const WAIT_MS = 30_000;
const LINE_EVERY_MS = 5_000;
const PAUSE_MS = 500;
const PROBE_MS = 3_000;

/** Why a probe failed. */
interface ProbeFailure {
  readonly variable: string;
  /** True if a retry would give the same answer. Otherwise the server may only be starting. */
  readonly permanent: boolean;
  readonly why: string;
}

/**
 * Returns when every address accepts a connection. Waits for a server that does not answer yet, because containers
 * start in any order, but not for a wrong role, password or database.
 * @throws FaultyConfiguration naming the variables at fault
 */
export async function waitForDatabase(
  addresses: readonly NamedUrl[],
  { waitMs = WAIT_MS, say }: WaitOptions,
): Promise<void> {
  const timers = { over: false, lineDue: true };
  const end = setTimeout(() => {
    timers.over = true;
  }, waitMs);
  const lines = setInterval(() => {
    timers.lineDue = true;
  }, LINE_EVERY_MS);
  try {
    for (;;) {
      const failures = (await Promise.all(addresses.map(probe))).filter((failure) => failure !== null);
      if (failures.length === 0) return;
      const refused = failures.filter(({ permanent }) => permanent);
      if (refused.length > 0) throw fault("PostgreSQL rejects the connection.", refused);
      if (timers.over) throw fault("PostgreSQL cannot be reached.", failures);
      if (timers.lineDue) say(`Waiting for PostgreSQL. ${failures.map(sentence).join(" ")}`);
      timers.lineDue = false;
      // A starting server announces nothing, so it is probed again after a pause.
      await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE_MS, waitMs)));
    }
  } finally {
    clearTimeout(end);
    clearInterval(lines);
  }
}

/**
 * Refuses addresses of different databases: migrations would run on one of them and the bot on the other.
 * @throws FaultyConfiguration naming the variables
 */
export async function requireOneDatabase(addresses: readonly NamedUrl[]): Promise<void> {
  const databases = await Promise.all(
    addresses.map(async (address) => ({ address, identity: await identityOf(address) })),
  );
  const [first, ...others] = databases;
  const strays = others.filter(({ identity }) => identity !== first?.identity);
  if (first === undefined || strays.length === 0) return;
  throw new FaultyConfiguration("Breakglass did not start: its addresses lead to different databases.", [
    ...strays.map(
      ({ address }) =>
        `${address.variable} and ${first.address.variable} must name the same database; nothing was changed in either.`,
    ),
  ]);
}

/** Identifies a database by the start time of its server and its OID. */
async function identityOf({ url }: NamedUrl): Promise<string> {
  const database = createDatabase({ url, max: 1, deadlineMs: PROBE_MS, applicationName: "breakglass start" });
  try {
    const [row] = await database.query<{ identity: string }>(
      // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
      (sql) => sql`
        SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || oid::text AS identity
        FROM pg_database WHERE datname = current_database()`,
      { label: "which database" },
    );
    return row?.identity ?? "";
  } finally {
    await database.end();
  }
}

const sentence = ({ variable, why }: ProbeFailure) => `${variable}: ${why}.`;

const fault = (what: string, failures: readonly ProbeFailure[]) =>
  new FaultyConfiguration(`Breakglass did not start: ${what}`, failures.map(sentence));

/** Returns `null` when the address accepts a connection. */
async function probe(address: NamedUrl): Promise<ProbeFailure | null> {
  const { variable, url } = address;
  const database = createDatabase({ url, max: 1, deadlineMs: PROBE_MS, applicationName: "breakglass start" });
  try {
    await database.ping();
    return null;
  } catch (error) {
    if (error instanceof StatementRefused) {
      return { variable, permanent: true, why: `its role may not connect to that database (${error.code})` };
    }
    const failure = failureOf(error, address);
    if (failure === null) throw error;
    return failure;
  } finally {
    await database.end();
  }
}

/** Explains an error as a failure of the address, or returns `null` if the address is not the cause. */
function failureOf(error: unknown, { variable, url }: NamedUrl): ProbeFailure | null {
  const place = new URL(url).host || "the server";
  if (error instanceof DeadlineExceeded) {
    return { variable, permanent: false, why: `${place} accepts connections, but does not answer; look at the server` };
  }
  if (!(error instanceof DatabaseUnavailable)) return null;
  const { code } = error;
  const refusal = REFUSALS.find(([codes]) => codes.test(code))?.[1];
  if (refusal !== undefined) return { variable, permanent: true, why: `${place} answers that ${refusal} (${code})` };
  return {
    variable,
    permanent: false,
    why: `no PostgreSQL accepts connections at ${place} (${code}); check that it runs, and the host and port of the address`,
  };
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^28P01$/, "the role or its password is wrong"],
  [/^28/, "this role may not connect; check its name, and the server's pg_hba.conf"],
  [/^3D000$/, "there is no such database; create it, or correct the name"],
];

/**
 * Explains an error of the driver or a `Database` that occurs after every probe succeeded, if the connection or missing
 * rights caused it. Rethrows any other error.
 * @throws FaultyConfiguration
 */
export function explainStartError(error: unknown, address: NamedUrl): never {
  const known = error instanceof DeadlineExceeded || error instanceof DatabaseUnavailable;
  const read = known || error instanceof StatementRefused ? error : databaseError(error, "start");
  const failure = failureOf(read, address);
  if (failure !== null) throw fault("PostgreSQL was lost during the start.", [failure]);
  if (!(read instanceof StatementRefused)) throw error;
  const why = `PostgreSQL refused a step of the start (${read.code}); check the rights of its role`;
  throw fault("PostgreSQL refuses what the start needs.", [{ variable: address.variable, permanent: true, why }]);
}
