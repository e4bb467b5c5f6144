import type { PostgresAddress } from "../../lib/postgres-address/address.js";
import type { OpenSocket } from "../../lib/postgres-address/open-socket.js";

export interface DriverOptions {
  readonly address: PostgresAddress;
  readonly openSocket: OpenSocket;
  /** Closes the connection, or gives up opening it, when it is aborted. */
  readonly signal: AbortSignal;
  /** Shown in `pg_stat_activity`, unless the address names another. */
  readonly applicationName: string;
  /** Parameters of the session. A pooler refuses most of them. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/**
 * Options for one connection of the driver. Everything that an address says is given, so that the driver reads neither
 * an address nor libpq's variables of the environment by its own rules.
 */
export function driverOptions({ address, openSocket, signal, applicationName, settings }: DriverOptions) {
  const { user, password, database, sessionOptions } = address;
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
    connection: {
      application_name: address.applicationName ?? applicationName,
      ...(sessionOptions === null ? {} : { options: sessionOptions }),
      ...settings,
    },
  };
}
