import { setTimeout as wait } from "node:timers/promises";
import { FaultyConfiguration } from "../../lib/errors.js";
import { parsePostgresAddress, placeOf } from "../../lib/postgres-address/address.js";
import type { PostgresTrouble } from "../../usecases/ports/readyz-words.js";
import { createDatabase, DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "./database.js";
import { databaseError } from "./errors.js";
import { lookAtServer } from "./look-at-server.js";
import { troubleOf } from "./trouble.js";

/** An address of PostgreSQL, with the variable that it was read from. */
export interface NamedUrl {
  readonly variable: "DATABASE_URL" | "DATABASE_ADMIN_URL" | "DATABASE_JOBS_URL";
  readonly url: string;
}

/** Takes a line for the operator; `warn` for one that says that something keeps the start. */
export type Say = (line: string, level?: "info" | "warn") => void;

export interface WaitOptions {
  /** How long to wait for a server that does not answer, in milliseconds; 30,000 by default. */
  readonly waitMs?: number | undefined;
  /** Receives lines for the operator: one at once, then one every 5 s. */
  readonly say: Say;
}

const WAIT_MS = 30_000;
const LINE_EVERY_MS = 5_000;
const PAUSE_MS = 500;
const PROBE_MS = 3_000;

/** What an address leads to. */
export interface ReachedServer {
  readonly address: NamedUrl;
  /** True if a pooler such as PgBouncer is in between. */
  readonly pooled: boolean;
  /** The role on the server, which a pooler may have replaced. */
  readonly role: string;
  /** The major version of PostgreSQL. */
  readonly major: number;
  /** Tells one database from another, whatever they are called. */
  readonly identity: string;
}

/** Why a probe failed. */
interface ProbeFailure {
  readonly variable: string;
  readonly trouble: PostgresTrouble;
  /** True if a retry would give the same answer. Otherwise the server may only be starting. */
  readonly permanent: boolean;
  readonly why: string;
}

/** No address can be used as it is. Each fault is one address, with the word of `/readyz` for what is wrong. */
export class DatabaseUnusable extends FaultyConfiguration {
  constructor(
    headline: string,
    /** `null`: it has no word, because a bot that runs cannot come to it. */
    readonly failures: readonly { readonly trouble: PostgresTrouble | null; readonly sentence: string }[],
  ) {
    super(
      `Breakglass did not start: ${headline}`,
      failures.map(({ sentence }) => sentence),
    );
  }
}

/**
 * Returns what each address leads to, once all of them accept connections. Waits for a server that does not answer yet,
 * because containers start in any order, and for one that takes no writes during a failover, but not for a wrong role,
 * password or database.
 * @throws DatabaseUnusable naming the variables at fault
 */
export async function waitForDatabase(
  addresses: readonly NamedUrl[],
  { waitMs = WAIT_MS, say }: WaitOptions,
): Promise<readonly ReachedServer[]> {
  const timers = { over: false, lineDue: true };
  const end = setTimeout(() => {
    timers.over = true;
  }, waitMs);
  const lines = setInterval(() => {
    timers.lineDue = true;
  }, LINE_EVERY_MS);
  try {
    for (;;) {
      const probes = await Promise.all(addresses.map(probe));
      const failures = probes.filter((one) => "why" in one);
      if (failures.length === 0) return probes.filter((one) => "role" in one);
      const refused = failures.filter(({ permanent }) => permanent);
      if (refused.length > 0) throw fault("PostgreSQL rejects the connection.", refused);
      if (timers.over) throw fault("PostgreSQL cannot be reached.", failures);
      if (timers.lineDue) say(`Waiting for PostgreSQL. ${failures.map(sentence).join(" ")}`, "warn");
      timers.lineDue = false;
      // A starting server announces nothing, so it is probed again after a pause.
      await wait(Math.min(PAUSE_MS, waitMs));
    }
  } finally {
    clearTimeout(end);
    clearInterval(lines);
  }
}

/**
 * Refuses addresses of different databases: migrations would run on one of them and the bot on the other.
 * @throws DatabaseUnusable naming the variables
 */
export function requireOneDatabase([first, ...others]: readonly ReachedServer[]): void {
  const strays = others.filter(({ identity }) => identity !== first?.identity);
  if (first === undefined || strays.length === 0) return;
  throw new DatabaseUnusable(
    "its addresses lead to different databases.",
    strays.map(({ address }) => ({
      trouble: null,
      sentence: `${address.variable} and ${first.address.variable} must name the same database; nothing was changed in either.`,
    })),
  );
}

const sentence = ({ variable, why }: ProbeFailure) => `${variable}: ${why}.`;

const fault = (what: string, failures: readonly ProbeFailure[]) =>
  new DatabaseUnusable(
    what,
    failures.map((failure) => ({ trouble: failure.trouble, sentence: sentence(failure) })),
  );

async function probe(address: NamedUrl): Promise<ReachedServer | ProbeFailure> {
  const { variable, url } = address;
  const pooled = true; // Until it is known: what a pooler takes, a server takes as well.
  const database = createDatabase({ url, max: 1, deadlineMs: PROBE_MS, applicationName: "breakglass start", pooled });
  try {
    const { readOnly, ...server } = await lookAtServer(database);
    if (!readOnly) return { address, ...server };
    const why = `${placeOf(parsePostgresAddress(url))} ${TAKES_NO_WRITES}`;
    return { variable, trouble: "postgres_read_only", permanent: false, why };
  } catch (error) {
    if (error instanceof StatementRefused) {
      const trouble = "postgres_login";
      return {
        variable,
        trouble,
        permanent: true,
        why: `its role may not connect to that database; have its owner GRANT CONNECT on it to the role (${error.code})`,
      };
    }
    const failure = failureOf(error, address);
    if (failure === null) throw error;
    return failure;
  } finally {
    await database.end();
  }
}

const TAKES_NO_WRITES =
  "takes no writes: it is a standby, or default_transaction_read_only is on for it, the database or the role; name the primary, or several hosts with target_session_attrs=read-write";

/** Explains an error as a failure of the address, or returns `null` if the address is not the cause. */
function failureOf(error: unknown, { variable, url }: NamedUrl): ProbeFailure | null {
  const place = placeOf(parsePostgresAddress(url));
  const trouble = troubleOf(error);
  if (error instanceof DeadlineExceeded) {
    const why = `${place} accepts connections, but does not answer; look at the server`;
    return { variable, trouble, permanent: false, why };
  }
  if (!(error instanceof DatabaseUnavailable)) return null;
  const { code } = error;
  if (code === "READ_ONLY_SERVER") return { variable, trouble, permanent: false, why: `${place} ${TAKES_NO_WRITES}` };
  const refusal = refusalOf(code);
  if (refusal !== undefined) return { variable, trouble, permanent: true, why: `${place} ${refusal} (${code})` };
  return {
    variable,
    trouble,
    permanent: false,
    why: `no PostgreSQL accepts connections at ${place} (${code}); check that it runs, and the host and port of the address`,
  };
}

/** Explains the code of a connection that will be refused again. */
function refusalOf(code: string): string | undefined {
  const [word = "", ...rest] = code.split(" ");
  return REFUSALS.find(([codes]) => codes.test(word))?.[1](rest);
}

const REFUSALS: readonly (readonly [RegExp, (rest: readonly string[]) => string])[] = [
  [/^28P01$/, () => "answers that the role or its password is wrong"],
  [
    /^28/,
    () =>
      "answers that this role may not connect; check its name, and the server's pg_hba.conf, which may want TLS (sslmode=require) or none (sslmode=disable)",
  ],
  [/^3D000$/, () => "answers that there is no such database; create it, or correct the name"],
  [/^NOT_POSTGRES$/, () => "answers, but not as PostgreSQL does; correct the host and port of the address"],
  [
    /^TLS_REQUIRED$/,
    () => "demands an encrypted connection; take sslmode=disable out of the address, or write sslmode=require",
  ],
  [
    /^TLS_NOT_OFFERED$/,
    () => "offers no TLS, which the sslmode of the address demands; turn it on there, or write sslmode=prefer",
  ],
  [/^TLS_FILE$/, ([word, why]) => `was not asked, because the file of ${word} cannot be read: ${why}`],
  [
    /^TLS_ERR_TLS_CERT_ALTNAME_INVALID$/,
    () => "shows a certificate of another name; write the host as the certificate has it, or sslmode=verify-ca",
  ],
  [
    /^TLS_/,
    () =>
      "shows a certificate that is not trusted, or fails in TLS; name its authority with sslrootcert, or correct sslcert",
  ],
  [
    /^UNKNOWN_PARAMETER$/,
    ([name]) =>
      `is a pooler that does not know the parameter ${name} of a session; take it out of the address, or let the pooler pass it on`,
  ],
  [/^08P01$/, () => "does not accept how the session begins; if it is a pooler, look into its log"],
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
  throw fault("PostgreSQL refuses what the start needs.", [
    { variable: address.variable, trouble: troubleOf(read), permanent: true, why },
  ]);
}
