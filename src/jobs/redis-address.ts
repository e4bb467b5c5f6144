/** Where Redis is: over TCP, with or without TLS, or at a Unix socket. */
export interface RedisAddress {
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** The number of the database. */
  readonly db: number;
}

/** The address, or what is wrong with it and what to write instead; never a part that may be secret. */
export type ParsedRedisUrl =
  | { readonly ok: true; readonly address: RedisAddress }
  | { readonly ok: false; readonly fault: string };

const TCP = /^rediss?:$/;
const SOCKET = /^(?:redis\+)?unix:$/;
const DEFAULT_PORT = 6379;

const FORM = "must be redis://host:6379/0, rediss:// for TLS, or unix:///path/to/redis.sock?db=0";

/**
 * Parses `REDIS_URL`. The driver's own parser reads a path as the number of the database, ignores one that is not a
 * number, and then works on database 0, which may belong to another program.
 */
export function parseRedisUrl(text: string): ParsedRedisUrl {
  if (!URL.canParse(text)) return fault(FORM);
  const url = new URL(text);
  const isSocket = SOCKET.test(url.protocol);
  if (!isSocket && !TCP.test(url.protocol)) return fault(FORM);
  const options = isSocket ? ["db", "username", "password"] : ["db"];
  if ([...url.searchParams.keys()].some((key) => !options.includes(key)))
    return fault("has an option after the question mark that is not known: only db=NUMBER may stand there");
  if (url.hash !== "") return fault("has a # in it: write it as %23");
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === undefined || password === undefined)
    return fault("has a lone % in user or password: write it as %25");
  const path = decoded(url.pathname);
  if (path === undefined) return fault("has a lone % in its path: write it as %25");
  const login = (named: string, key: string): string | null => named || (isSocket && url.searchParams.get(key)) || null;
  const common = { username: login(username, "username"), password: login(password, "password") };
  return isSocket ? atSocket(url, path, common) : overTcp(url, path, common);
}

type Login = Pick<RedisAddress, "username" | "password">;

function atSocket(url: URL, path: string, login: Login): ParsedRedisUrl {
  if (url.host !== "") return fault("names a host before the socket: write three slashes, unix:///path/to/redis.sock");
  if (!path.startsWith("/") || path.length < 2) return fault("names no socket: write unix:///path/to/redis.sock");
  const db = databaseOf(url.searchParams.get("db") ?? "0");
  if (db === null) return fault(NO_DATABASE);
  return { ok: true, address: { at: { path }, tls: false, ...login, db } };
}

function overTcp(url: URL, path: string, login: Login): ParsedRedisUrl {
  if (url.hostname === "") return fault("names no host. For a Unix socket write unix:///path/to/redis.sock?db=0");
  const inPath = path.replace(/^\//, "");
  const inQuery = url.searchParams.get("db");
  if (inPath !== "" && inQuery !== null) return fault("names its database twice, in the path and as db=");
  const db = databaseOf(inQuery ?? (inPath === "" ? "0" : inPath));
  if (db === null) return fault(NO_DATABASE);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  return { ok: true, address: { at: { host, port }, tls: url.protocol === "rediss:", ...login, db } };
}

const NO_DATABASE =
  "does not end in the number of a database, such as /0. For a Unix socket write unix:///path/to/redis.sock?db=0";

/** The number, or `null`. How many databases there are only the server knows. */
const databaseOf = (text: string): number | null => (/^\d{1,5}$/.test(text) ? Number(text) : null);

/** `undefined` when it cannot be decoded. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const fault = (text: string): ParsedRedisUrl => ({ ok: false, fault: text });

/** The part of the driver's options that is the address. */
export interface RedisAddressOptions {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** The address as the driver's options. Throws on an address that {@link parseRedisUrl} refuses. */
export function redisOptionsOf(text: string): RedisAddressOptions {
  const parsed = parseRedisUrl(text);
  if (!parsed.ok) throw new Error(`The address of Redis ${parsed.fault}.`);
  const { at, tls, username, password, db } = parsed.address;
  return {
    ...at,
    db,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
}
