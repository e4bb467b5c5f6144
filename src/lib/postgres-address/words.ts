import { portOf, printable } from "./uri.js";

/** The values of libpq's `sslmode`. */
export const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Versions of TLS, in the words that libpq and Node share. */
const TLS_VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** What the words of an address say so far. */
export interface Draft {
  hosts: readonly string[];
  hostaddrs?: readonly string[];
  ports: readonly (number | undefined)[];
  user: string | undefined;
  password: string | undefined;
  dbname: string | undefined;
  sslmode?: SslMode;
  sslrootcert?: string;
  sslcert?: string;
  sslkey?: string;
  sslpassword?: string;
  minVersion?: TlsVersion;
  maxVersion?: TlsVersion;
  applicationName?: string;
  connectTimeoutMs?: number;
  options?: string;
  writable?: boolean;
  keepAlive?: boolean;
  keepAliveS?: number;
  pooled?: boolean;
  connectionLimit?: number;
}

/** Takes a value into the draft. Returns what to write instead, or `null` if it was taken. */
type Take = (value: string, draft: Draft) => string | null;

/** Takes a value that may be anything. */
const text = (take: (value: string, draft: Draft) => void): Take => {
  return (value, draft) => {
    take(value, draft);
    return null;
  };
};

/** Takes one of some values; `advice` says what to write instead of any other. */
const oneOf = <const T extends string>(
  values: readonly T[],
  advice: string,
  take: (value: T, draft: Draft) => void = () => {},
): Take => {
  return (value, draft) => {
    const found = values.find((known) => known === value);
    if (found === undefined) return advice;
    take(found, draft);
    return null;
  };
};

const whole = (least: number, most: number, take: (value: number, draft: Draft) => void): Take => {
  return (value, draft) => {
    const number = /^-?\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) return `write a whole number from ${least} to ${most}`;
    take(number, draft);
    return null;
  };
};

const never =
  (advice: string): Take =>
  () =>
    advice;

/** libpq waits at least this long, however little is asked for. In seconds. */
const LEAST_CONNECT_TIMEOUT_S = 2;

const TLS_VERSION_ADVICE = `write one of ${TLS_VERSIONS.join(", ")}`;
const LEAVE_OUT_TIMEOUT = "leave it out: every statement has a deadline of its own";
const LEAVE_OUT_GSS = "leave it out: Breakglass signs in with a password or a client certificate";
const LEAVE_OUT_FILE = "leave it out and write what it stands for into the address";
const LEAVE_OUT_PREPARED = "leave it out: Breakglass finds out by itself whether a pooler is in between";

/** Every word that an address may hold: those of libpq, and those that poolers and other clients have taught people. */
const TAKES: Readonly<Record<string, Take>> = {
  // Where.
  host: text((value, draft) => {
    draft.hosts = value.split(",");
  }),
  hostaddr: text((value, draft) => {
    draft.hostaddrs = value.split(",");
  }),
  port: (value, draft) => {
    const ports = value.split(",").map((port) => (port === "" ? undefined : portOf(port)));
    if (ports.includes(null)) return "write numbers from 1 to 65535";
    draft.ports = ports.map((port) => port ?? undefined);
    return null;
  },
  dbname: text((value, draft) => {
    draft.dbname = value;
  }),
  target_session_attrs: oneOf(
    ["any", "read-write", "primary"],
    "write read-write, or leave it out: Breakglass has to write",
    (value, draft) => {
      draft.writable = value !== "any";
    },
  ),
  load_balance_hosts: oneOf(["disable"], "leave it out: hosts are tried in their order"),
  // Who.
  user: text((value, draft) => {
    draft.user = value;
  }),
  password: text((value, draft) => {
    draft.password = value;
  }),
  channel_binding: oneOf(
    ["disable", "prefer"],
    "write channel_binding=prefer, with sslmode=verify-full to be sure of the server: the drivers cannot bind the password to the channel",
  ),
  require_auth: never("leave it out, and use sslmode=verify-full to be sure of the server"),
  passfile: never(LEAVE_OUT_FILE),
  service: never(LEAVE_OUT_FILE),
  servicefile: never(LEAVE_OUT_FILE),
  requirepeer: never("leave it out: the peer of a Unix socket cannot be asked for its name"),
  krbsrvname: never(LEAVE_OUT_GSS),
  gsslib: never(LEAVE_OUT_GSS),
  gssdelegation: oneOf(["0"], LEAVE_OUT_GSS),
  gssencmode: oneOf(["disable", "prefer"], "write gssencmode=disable, and sslmode=require to encrypt"),
  // Encryption.
  sslmode: oneOf(SSL_MODES, `write one of ${SSL_MODES.join(", ")}`, (value, draft) => {
    draft.sslmode = value;
  }),
  ssl: oneOf(["true", "1", "false", "0"], "write sslmode=require, or sslmode=disable", (value, draft) => {
    draft.sslmode = value === "true" || value === "1" ? "require" : "disable";
  }),
  requiressl: never("write sslmode=require"),
  sslnegotiation: oneOf(["postgres"], "write sslnegotiation=postgres, or leave it out"),
  sslcompression: oneOf(["0"], "leave it out: TLS is not compressed"),
  sslsni: oneOf(["1"], "leave it out: the server's name is always sent"),
  sslrootcert: text((value, draft) => {
    draft.sslrootcert = value;
  }),
  sslcert: text((value, draft) => {
    draft.sslcert = value;
  }),
  sslkey: text((value, draft) => {
    draft.sslkey = value;
  }),
  sslpassword: text((value, draft) => {
    draft.sslpassword = value;
  }),
  sslcertmode: oneOf(
    ["disable", "allow"],
    "leave it out: the certificate of sslcert is sent when the server asks for it",
  ),
  sslcrl: never("leave it out: lists of revoked certificates are not read"),
  sslcrldir: never("leave it out: lists of revoked certificates are not read"),
  ssl_min_protocol_version: oneOf(TLS_VERSIONS, TLS_VERSION_ADVICE, (value, draft) => {
    draft.minVersion = value;
  }),
  ssl_max_protocol_version: oneOf(TLS_VERSIONS, TLS_VERSION_ADVICE, (value, draft) => {
    draft.maxVersion = value;
  }),
  // The session.
  application_name: text((value, draft) => {
    draft.applicationName = value;
  }),
  fallback_application_name: text((value, draft) => {
    draft.applicationName ??= value;
  }),
  client_encoding: (value) =>
    /^(?:utf-?8|unicode|auto)$/i.test(value) ? null : "write client_encoding=UTF8, or leave it out",
  options: text((value, draft) => {
    draft.options = value;
  }),
  replication: oneOf(["false", "off", "no", "0"], "leave it out: Breakglass does not replicate"),
  // Times.
  connect_timeout: whole(-1, 600, (value, draft) => {
    if (value > 0) draft.connectTimeoutMs = Math.max(value, LEAST_CONNECT_TIMEOUT_S) * 1_000;
  }),
  keepalives: oneOf(["0", "1"], "write keepalives=1 or keepalives=0", (value, draft) => {
    draft.keepAlive = value === "1";
  }),
  keepalives_idle: whole(0, 86_400, (value, draft) => {
    if (value > 0) draft.keepAliveS = value;
  }),
  keepalives_interval: never("leave it out: the operating system sets it; keepalives_idle is taken"),
  keepalives_count: never("leave it out: the operating system sets it; keepalives_idle is taken"),
  tcp_user_timeout: never(LEAVE_OUT_TIMEOUT),
  // Words of poolers and of other clients.
  pgbouncer: oneOf(["true", "false"], "write pgbouncer=true, or leave it out", (value, draft) => {
    draft.pooled = value === "true";
  }),
  connection_limit: whole(1, 100, (value, draft) => {
    draft.connectionLimit = value;
  }),
  schema: never("leave it out: Breakglass keeps its tables in the schemas breakglass and bullmq"),
  currentSchema: never("leave it out: Breakglass keeps its tables in the schemas breakglass and bullmq"),
  search_path: never("leave it out: Breakglass keeps its tables in the schemas breakglass and bullmq"),
  statement_cache_size: oneOf(["0"], LEAVE_OUT_PREPARED, (_, draft) => {
    draft.pooled = true;
  }),
  prepared_statements: never(LEAVE_OUT_PREPARED),
  pool_timeout: never(LEAVE_OUT_TIMEOUT),
  socket_timeout: never(LEAVE_OUT_TIMEOUT),
  statement_timeout: never("write options=-c%20statement_timeout=5s"),
  uselibpqcompat: oneOf(["true"], "leave it out: sslmode always means what it means to libpq"),
};

/** Takes one word of an address into the draft. Returns its fault, or `null`. Repeats the word and never its value. */
export function readWord(word: string, value: string, draft: Draft): string | null {
  const take = Object.hasOwn(TAKES, word) ? TAKES[word] : undefined;
  if (take === undefined) {
    return `has the word "${printable(word)}", which neither libpq nor Breakglass knows: correct it, or leave it out (a ? of the password is written %3F, an & %26)`;
  }
  const advice = take(value, draft);
  return advice === null ? null : `has a "${word}" that is not supported: ${advice}`;
}
