import { FaultyConfiguration } from "../lib/errors.js";
import { createDatabase, DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "./client.js";
import { databaseError } from "./client-errors.js";

/** An address of PostgreSQL, by the variable that it was read from. */
export interface NamedUrl {
  readonly variable: "DATABASE_URL" | "DATABASE_ADMIN_URL" | "DATABASE_JOBS_URL";
  readonly url: string;
}

export interface Waiting {
  /** How long a server that does not answer is waited for, in milliseconds; 30,000 if left out. */
  readonly waitMs?: number | undefined;
  /** Lines for the operator: one at once, then one every 5 s. */
  readonly say: (line: string) => void;
}

const WAIT_MS = 30_000;
const LINE_EVERY_MS = 5_000;
const PAUSE_MS = 500;
const PROBE_MS = 3_000;

/** Not let in, and asking again gives the same answer; else the server may only be starting. */
interface Closed {
  readonly variable: string;
  readonly forGood: boolean;
  readonly why: string;
}

/**
 * Returns when every address lets us in. A server that does not answer yet is waited for, since containers start in any
 * order; a wrong role, password or database is not. @throws FaultyConfiguration naming the variables at fault
 */
export async function untilLetIn(addresses: readonly NamedUrl[], { waitMs = WAIT_MS, say }: Waiting): Promise<void> {
  const now = { over: false, line: true };
  const end = setTimeout(() => {
    now.over = true;
  }, waitMs);
  const lines = setInterval(() => {
    now.line = true;
  }, LINE_EVERY_MS);
  try {
    for (;;) {
      const closed = (await Promise.all(addresses.map(knock))).filter((answer) => answer !== null);
      if (closed.length === 0) return;
      const refused = closed.filter(({ forGood }) => forGood);
      if (refused.length > 0) throw fault("PostgreSQL does not let it in.", refused);
      if (now.over) throw fault("PostgreSQL cannot be reached.", closed);
      if (now.line) say(`Waiting for PostgreSQL. ${closed.map(sentence).join(" ")}`);
      now.line = false;
      // A server that is coming up tells nobody when it is there: it has to be asked again, and not in a storm.
      await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE_MS, waitMs)));
    }
  } finally {
    clearTimeout(end);
    clearInterval(lines);
  }
}

/**
 * Refuses addresses that lead to different databases: migrations would go into one of them and the bot would run on the
 * other. @throws FaultyConfiguration naming the variables
 */
export async function inOneDatabase(addresses: readonly NamedUrl[]): Promise<void> {
  const places = await Promise.all(addresses.map(async (address) => ({ address, place: await placeOf(address) })));
  const [first, ...others] = places;
  const strays = others.filter(({ place }) => place !== first?.place);
  if (first === undefined || strays.length === 0) return;
  throw new FaultyConfiguration("Breakglass did not start: its addresses lead to different databases.", [
    ...strays.map(
      ({ address }) =>
        `${address.variable} and ${first.address.variable} must name the same database; nothing was changed in either.`,
    ),
  ]);
}

/** What tells one database from another: since when its server runs, and its number there. */
async function placeOf({ url }: NamedUrl): Promise<string> {
  const database = createDatabase({ url, max: 1, deadlineMs: PROBE_MS, applicationName: "breakglass start" });
  try {
    const [row] = await database.query<{ place: string }>(
      (sql) => sql`
        SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || oid::text AS place
        FROM pg_database WHERE datname = current_database()`,
      { label: "which database" },
    );
    return row?.place ?? "";
  } finally {
    await database.end();
  }
}

const sentence = ({ variable, why }: Closed) => `${variable}: ${why}.`;

const fault = (what: string, closed: readonly Closed[]) =>
  new FaultyConfiguration(`Breakglass did not start: ${what}`, closed.map(sentence));

/** `null` when the address lets us in. */
async function knock(address: NamedUrl): Promise<Closed | null> {
  const { variable, url } = address;
  const database = createDatabase({ url, max: 1, deadlineMs: PROBE_MS, applicationName: "breakglass start" });
  try {
    await database.ping();
    return null;
  } catch (error) {
    if (error instanceof StatementRefused) {
      return { variable, forGood: true, why: `its role may not connect to that database (${error.code})` };
    }
    const closed = closedBy(error, address);
    if (closed === null) throw error;
    return closed;
  } finally {
    await database.end();
  }
}

/** What an error says about an address; `null` when it says nothing about one. */
function closedBy(error: unknown, { variable, url }: NamedUrl): Closed | null {
  const place = new URL(url).host || "the server";
  if (error instanceof DeadlineExceeded) {
    return { variable, forGood: false, why: `${place} takes connections, but does not answer; look at the server` };
  }
  if (!(error instanceof DatabaseUnavailable)) return null;
  const { code } = error;
  const refusal = REFUSALS.find(([codes]) => codes.test(code))?.[1];
  if (refusal !== undefined) return { variable, forGood: true, why: `${place} answers that ${refusal} (${code})` };
  return {
    variable,
    forGood: false,
    why: `no PostgreSQL lets us in at ${place} (${code}); check that it runs, and the host and port of the address`,
  };
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^28P01$/, "the role or its password is wrong"],
  [/^28/, "this role is not let in; check its name, and the server's pg_hba.conf"],
  [/^3D000$/, "there is no such database; create it, or correct the name"],
];

/**
 * Explains an error of the driver or of a `Database` that came after everybody had been let in, when it is one of the
 * connection or of missing rights; any other stays as it is.
 */
export function explainLoss(error: unknown, address: NamedUrl): never {
  const known = error instanceof DeadlineExceeded || error instanceof DatabaseUnavailable;
  const read = known || error instanceof StatementRefused ? error : databaseError(error, "start");
  const closed = closedBy(read, address);
  if (closed !== null) throw fault("PostgreSQL was lost during the start.", [closed]);
  if (!(read instanceof StatementRefused)) throw error;
  const why = `PostgreSQL refused a step of the start (${read.code}); check the rights of its role`;
  throw fault("PostgreSQL does not let it do what it must.", [{ variable: address.variable, forGood: true, why }]);
}
