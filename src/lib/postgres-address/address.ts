import { FaultyConfiguration } from "../errors.js";
import { Secret } from "../secret.js";
import { splitUri } from "./uri.js";
import { type Draft, readWord, type SslMode, type TlsVersion } from "./words.js";

/** One server to try: a TCP address, or a Unix socket when `path` is set. */
export interface PostgresServer {
  /** The name that a certificate must carry, and that messages show. */
  readonly host: string;
  /** What to connect to instead of looking up `host`, or `null`. */
  readonly hostaddr: string | null;
  readonly port: number;
  /** Path of the Unix socket, or `null` for TCP. */
  readonly path: string | null;
}

/** How the connection is encrypted, with the meanings that libpq gives to `sslmode`. */
export interface PostgresTls {
  /** `verify-ca` when `require` was given with a root certificate, as in libpq. */
  readonly mode: SslMode;
  /** A PEM file; `null` for the certificates that Node trusts. */
  readonly rootFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly keyPassword: Secret | null;
  readonly minVersion: TlsVersion | null;
  readonly maxVersion: TlsVersion | null;
}

/** An address of PostgreSQL, read as libpq reads it, and the same for every driver. */
export interface PostgresAddress {
  /** At least one; tried in this order. */
  readonly servers: readonly PostgresServer[];
  /** Empty if the address names no role. */
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  readonly tls: PostgresTls;
  readonly applicationName: string | null;
  /** For each server, in milliseconds; `null` if the address does not say. */
  readonly connectTimeoutMs: number | null;
  /** Command-line options for the server's session, as in `-c statement_timeout=5s`; `null` if none. */
  readonly sessionOptions: string | null;
  /** True if servers that refuse writes, such as standbys, are to be passed over. */
  readonly writable: boolean;
  /** Seconds of silence before TCP asks whether the peer is there; `null` to never ask. */
  readonly keepAliveS: number | null;
  /** True if the address says that a pooler such as PgBouncer is in between. */
  readonly pooled: boolean;
  /** Connections at most, if the address says so. */
  readonly connectionLimit: number | null;
}

/** The faults of an address, each a predicate such as "names no database"; they repeat no password. */
export type AddressReading = { readonly address: PostgresAddress } | { readonly faults: readonly string[] };

const DEFAULT_PORT = 5432;
const KEEPALIVE_S = 60;
const SYSTEM = "system";

/** Reads an address such as `postgres://role:password@host:5432/database?sslmode=require`. */
export function readPostgresAddress(text: string): AddressReading {
  const uri = splitUri(text.trim());
  if ("faults" in uri) return uri;
  const faults: string[] = [];
  const draft: Draft = {
    hosts: uri.hosts.map(({ host }) => host),
    ports: uri.hosts.map(({ port }) => port),
    user: uri.user,
    password: uri.password,
    dbname: uri.database,
  };
  for (const [word, value] of uri.words) {
    const fault = readWord(word, value, draft);
    if (fault !== null) faults.push(fault);
  }
  const servers = serversOf(draft, faults);
  const tls = tlsOf(draft, faults);
  if ((draft.dbname ?? "") === "") {
    faults.push(
      "names no database: write it at the end, as in postgres://ROLE:PASSWORD@HOST/DATABASE (it would be the one named like the role)",
    );
  }
  if (faults.length > 0) return { faults };
  const address: PostgresAddress = {
    servers,
    user: draft.user ?? "",
    password: new Secret(draft.password ?? ""),
    database: draft.dbname ?? "",
    tls,
    applicationName: draft.applicationName ?? null,
    connectTimeoutMs: draft.connectTimeoutMs ?? null,
    sessionOptions: draft.options ?? null,
    writable: draft.writable ?? false,
    keepAliveS: draft.keepAlive === false ? null : (draft.keepAliveS ?? KEEPALIVE_S),
    pooled: draft.pooled ?? false,
    connectionLimit: draft.connectionLimit ?? null,
  };
  return { address };
}

/** Like {@link readPostgresAddress}. @throws FaultyConfiguration with one sentence per fault, each beginning with `name` */
export function parsePostgresAddress(text: string, name = "The address of PostgreSQL"): PostgresAddress {
  const reading = readPostgresAddress(text);
  if ("address" in reading) return reading.address;
  const faults = reading.faults.map((fault) => `${name} ${fault}.`);
  throw new FaultyConfiguration("The address of PostgreSQL cannot be used.", faults);
}

/** Returns host and port, or the socket's path, for messages. */
export function placeOf({ servers }: PostgresAddress): string {
  const names = servers.map(({ host, port, path }) => path ?? `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return names.join(" or ");
}

function serversOf(draft: Draft, faults: string[]): PostgresServer[] {
  const { hosts, ports, hostaddrs = [] } = draft;
  const count = Math.max(hosts.length, hostaddrs.length);
  if (hostaddrs.length > 0 && hosts.length > 0 && hostaddrs.length !== hosts.length) {
    faults.push('has another number of addresses in "hostaddr" than hosts: give one for each');
  }
  if (ports.length > 1 && ports.length !== count) {
    faults.push('has another number of ports than hosts: give one in all, or one for each (the word is "port")');
  }
  const servers = Array.from({ length: count }, (_, at) => {
    const hostaddr = hostaddrs[at] || null;
    const host = hosts[at] || hostaddr || "";
    const port = (ports.length === 1 ? ports[0] : ports[at]) ?? DEFAULT_PORT;
    const path = host.startsWith("/") ? `${host.replace(/\/+$/, "")}/.s.PGSQL.${port}` : null;
    return { host, hostaddr: path === null ? hostaddr : null, port, path };
  });
  if (count === 0 || servers.some(({ host }) => host === "")) {
    faults.push("names no host: write one, such as localhost, or for a Unix socket ?host=/var/run/postgresql");
  }
  return servers;
}

function tlsOf(draft: Draft, faults: string[]): PostgresTls {
  const given = draft.sslmode;
  const root = draft.sslrootcert ?? null;
  if ((draft.sslcert === undefined) !== (draft.sslkey === undefined)) {
    faults.push('needs "sslcert" and "sslkey" together: the client\'s certificate and its key');
  }
  if (root === SYSTEM && given !== undefined && given !== "verify-full") {
    faults.push('has "sslrootcert=system", which needs sslmode=verify-full');
  }
  let mode: SslMode = given ?? (root === SYSTEM ? "verify-full" : "prefer");
  // As libpq has it: whoever gives a root certificate wants it to be used.
  if (mode === "require" && root !== null) mode = "verify-ca";
  return {
    mode,
    rootFile: root === SYSTEM ? null : root,
    certFile: draft.sslcert ?? null,
    keyFile: draft.sslkey ?? null,
    keyPassword: draft.sslpassword === undefined ? null : new Secret(draft.sslpassword),
    minVersion: draft.minVersion ?? null,
    maxVersion: draft.maxVersion ?? null,
  };
}
