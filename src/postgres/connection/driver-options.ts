import type { PostgresAddress } from "../../lib/postgres-address/address.js";
import type { OpenSocket } from "../../lib/postgres-address/open-socket.js";
import { DIRECT_OPTIONS, sessionSettings } from "./session-settings.js";

export interface DriverOptions {
  readonly address: PostgresAddress;
  readonly openSocket: OpenSocket;
  /** Closes the connection, or gives up opening it, when it is aborted. */
  readonly signal: AbortSignal;
  /** Shown in `pg_stat_activity`, unless the address names another. */
  readonly applicationName: string;
  /** True if a pooler is in between, which refuses most parameters of a session. */
  readonly pooled: boolean;
  /** The major version of the server, if it is known. */
  readonly major?: number | undefined;
}

/** Reads both notations: behind a pooler, the role's own setting decides which one comes. */
const BYTEA = {
  to: 17,
  from: [17],
  serialize: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString("hex")}`,
  parse: (text: string) => (text.startsWith("\\x") ? Buffer.from(text.slice(2), "hex") : unescaped(text)),
};

/** Every byte is one character, but for a backslash and three octal digits, or two backslashes. */
const unescaped = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\(\\|[0-3][0-7]{2})/g, (_, code: string) =>
      code === "\\" ? code : String.fromCharCode(Number.parseInt(code, 8)),
    ),
    "latin1",
  );

/**
 * Options for one connection of the driver. Everything that an address says is given, so that the driver reads neither
 * an address nor libpq's variables of the environment by its own rules.
 */
export function driverOptions({ address, openSocket, signal, applicationName, pooled, major }: DriverOptions) {
  const { user, password, database } = address;
  const options = [address.sessionOptions, pooled ? null : DIRECT_OPTIONS].filter((part) => part !== null).join(" ");
  return {
    // Unused beside `socket`, but given, or the driver would look for them in the environment.
    host: "localhost",
    port: 5432,
    // For an address without a role the driver takes the account's name, as libpq does.
    ...(user === "" ? {} : { user }),
    pass: password.reveal(),
    database,
    // Encryption is done by then.
    ssl: false,
    socket: () => openSocket(signal),
    max: 1,
    max_pipeline: 1,
    // A connection that breaks while the driver fetches types causes a rejection that cannot be caught.
    fetch_types: false,
    max_lifetime: null,
    onnotice: () => {},
    types: { bytea: BYTEA },
    connection: {
      application_name: address.applicationName ?? applicationName,
      ...(options === "" ? {} : { options }),
      ...sessionSettings(pooled, major),
    },
  };
}
