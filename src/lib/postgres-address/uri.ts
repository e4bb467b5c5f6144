/** The parts of a connection URI, percent-decoded. */
export interface SplitUri {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly hosts: readonly { readonly host: string; readonly port: number | undefined }[];
  readonly database: string | undefined;
  /** The words after the `?`, in order. */
  readonly words: readonly (readonly [word: string, value: string])[];
}

const SCHEME = /^postgres(?:ql)?:\/\//;

/**
 * Splits a connection URI by libpq's rules. Not with `URL`, which knows neither several hosts nor sockets, and reads
 * some passwords otherwise. The faults repeat nothing of the URI, because any of it may belong to a password.
 */
export function splitUri(text: string): SplitUri | { readonly faults: readonly string[] } {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined) return { faults: ["must be an address that starts with postgres:// or postgresql://"] };
  const faults: string[] = [];
  const decode = (part: string, name: string): string => {
    try {
      const decoded = decodeURIComponent(part);
      if (!decoded.includes("\0")) return decoded;
      faults.push(`has a %00 in its ${name}, which PostgreSQL cannot take`);
    } catch {
      faults.push(`has a % in its ${name} that is not followed by two hex digits of a character: write each % as %25`);
    }
    return "";
  };

  let rest = text.slice(scheme.length);
  let user: string | undefined;
  let password: string | undefined;
  const end = rest.search(/[@/]/);
  if (end >= 0 && rest[end] === "@") {
    const credentials = rest.slice(0, end);
    rest = rest.slice(end + 1);
    const colon = credentials.indexOf(":");
    user = decode(colon < 0 ? credentials : credentials.slice(0, colon), "role");
    if (colon >= 0) password = decode(credentials.slice(colon + 1), "password");
  } else if (/^[^/?]*:[^/?]*\/[^?]*@/.test(rest)) {
    return { faults: ["has a / in its password: write it as %2F"] };
  }
  const [place = "", ...queries] = rest.split("?");
  const slash = place.indexOf("/");
  const hostPart = slash < 0 ? place : place.slice(0, slash);
  if (place.includes("@")) return { faults: ["has a second @: write an @ of the password as %40"] };
  const database = slash < 0 ? undefined : decode(place.slice(slash + 1), "database");
  const hosts = hostPart === "" ? [] : hostPart.split(",").map((one) => hostOf(one, faults, decode));
  const words = queries
    .join("?")
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const equals = pair.indexOf("=");
      const word = decode(equals < 0 ? pair : pair.slice(0, equals), "words after the ?");
      if (equals < 0) faults.push("has a word after the ? without a value: write WORD=VALUE");
      return [word, equals < 0 ? "" : decode(pair.slice(equals + 1), `"${printable(word)}"`)];
    });
  return faults.length > 0 ? { faults } : { user, password, hosts, database, words };
}

/** A word that is safe to repeat in a message: what is longer or odd may be part of a password. */
export function printable(word: string): string {
  return /^[A-Za-z_][\w.-]{0,40}$/.test(word) ? word : "…";
}

const HOST = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/;

function hostOf(text: string, faults: string[], decode: (part: string, name: string) => string) {
  const match = HOST.exec(text);
  if (match === null) {
    faults.push(
      "has a host that cannot be read: write HOST:PORT, an IPv6 address as [::1]:5432, and a : of the password as %3A",
    );
    return { host: "", port: undefined };
  }
  const host = match[1] ?? decode(match[2] ?? "", "host");
  const port = match[3] === undefined || match[3] === "" ? undefined : portOf(match[3]);
  if (port === null) faults.push("has a port that is not a number from 1 to 65535 (or a password with a raw : or @)");
  return { host, port: port ?? undefined };
}

/** Returns the port, or `null` if it is none. */
export function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
