import type { Socket } from "node:net";
import type { PortLimits } from "./limits.js";
import { networkOf } from "./network-of.js";

/** Why a connection was closed before its client wanted that; the values of a metric's label. */
export const CLOSED_BECAUSE = [
  "address_full",
  "port_full",
  "slow",
  "unanswered",
  "large_head",
  "malformed",
  "large_body",
] as const;
export type ClosedBecause = (typeof CLOSED_BECAUSE)[number];

/**
 * Where a connection stands. `idle` waits for a request and `busy` is in the middle of one; neither has shown a signature of
 * Slack. `proven` has shown one and waits for the next request, and `serving` is in the middle of one.
 */
type Place = "idle" | "busy" | "proven" | "serving";

interface Connection {
  readonly socket: Socket;
  readonly network: Network;
  place: Place;
  isProven: boolean;
  unanswered: number;
}

/** The connections of one remote address by their place, each in the order in which they got there. */
interface Network {
  readonly name: string;
  readonly at: Readonly<Record<Place, Set<Connection>>>;
}

/** Addresses that are remembered for having sent a valid signature. Slack uses a few dozen at a time. */
const REMEMBERED = 256;

/**
 * An address that has lately sent a valid signature is Slack's, or a proxy's that strangers use as well. Its connections
 * count this many times less than a stranger's when one has to give way: enough for Slack, and not so much that a flood
 * through the proxy could push out a probe that comes from elsewhere.
 */
const REMEMBERED_COUNTS_LESS = 100;

/**
 * Gives each new connection a place by closing another. So a flood costs the strangers their own connections, and never locks
 * Slack out:
 *
 * - The one that gives way belongs to the address that has the most. One that waits for a request goes before one that is
 *   being answered, and the oldest first.
 * - One that has shown a valid signature goes only when there are no others, and never in the middle of a request.
 *
 * Nothing of this has to be set for a proxy, behind which all callers have one address.
 */
export class Connections {
  readonly #limits: PortLimits;
  readonly #onClosed: (why: ClosedBecause, from: string) => void;
  readonly #bySocket = new Map<Socket, Connection>();
  readonly #networks = new Map<string, Network>();
  /** In the order of the last valid signature. */
  readonly #remembered = new Set<string>();

  constructor(limits: PortLimits, onClosed: (why: ClosedBecause, from: string) => void) {
    this.#limits = limits;
    this.#onClosed = onClosed;
  }

  /** The number of open connections. */
  get size(): number {
    return this.#bySocket.size;
  }

  /** Takes in a connection that was just accepted. */
  admit(socket: Socket): void {
    const name = networkOf(socket.remoteAddress);
    const network = this.#networks.get(name) ?? { name, at: noConnections() };
    const why = this.#fullFor(network);
    // Chosen before the newcomer has a place, so that it never gives way to itself.
    const leaving = why === null ? null : why === "address_full" ? firstToGo(network) : this.#firstOfAll();
    if (why !== null && leaving === null) {
      this.#onClosed(why, name);
      return void socket.destroy();
    }
    const connection: Connection = { socket, network, place: "idle", isProven: false, unanswered: 0 };
    this.#bySocket.set(socket, connection);
    this.#networks.set(name, network);
    network.at.idle.add(connection);
    socket.once("close", () => this.#remove(connection));
    if (why !== null && leaving !== null) this.#close(why, leaving);
  }

  /** A request begins. @returns false when it is one too many, and the connection is closed */
  begin(socket: Socket): boolean {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return false;
    if (connection.unanswered >= this.#limits.unanswered) {
      this.#close("unanswered", connection);
      return false;
    }
    connection.unanswered += 1;
    this.#move(connection);
    return true;
  }

  /** A request is over. */
  end(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return;
    connection.unanswered -= 1;
    this.#move(connection);
  }

  /** A request on this connection has a valid signature of Slack. */
  prove(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return;
    connection.isProven = true;
    this.#move(connection);
    const { name } = connection.network;
    this.#remembered.delete(name);
    this.#remembered.add(name);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** Closes a connection for what it did, after `answer` if its client can still be told. */
  close(why: ClosedBecause, socket: Socket, answer?: string): void {
    const connection = this.#bySocket.get(socket);
    if (connection !== undefined) this.#close(why, connection, answer);
  }

  /** Why a new connection of this address needs the place of another; `null` when there is one. */
  #fullFor(network: Network): "address_full" | "port_full" | null {
    if (sizeOf(network) >= this.#limits.connectionsPerAddress) return "address_full";
    return this.size >= this.#limits.connections ? "port_full" : null;
  }

  #close(why: ClosedBecause, connection: Connection, answer?: string): void {
    const { socket, network } = connection;
    this.#remove(connection);
    this.#onClosed(why, network.name);
    if (answer === undefined || !socket.writable) return void socket.destroy();
    socket.write(answer);
    socket.destroySoon();
  }

  /** Puts the connection where it belongs now, behind those that are there already. */
  #move(connection: Connection): void {
    const { network, isProven, unanswered } = connection;
    network.at[connection.place].delete(connection);
    connection.place = isProven ? (unanswered > 0 ? "serving" : "proven") : unanswered > 0 ? "busy" : "idle";
    network.at[connection.place].add(connection);
  }

  #remove(connection: Connection): void {
    const { socket, network } = connection;
    this.#bySocket.delete(socket);
    network.at[connection.place].delete(connection);
    if (sizeOf(network) === 0) this.#networks.delete(network.name);
  }

  /** The connection that gives way when the port is full; `null` when all of them serve Slack. */
  #firstOfAll(): Connection | null {
    const networks = [...this.#networks.values()];
    const strangers = ({ name, at }: Network): number =>
      (at.idle.size + at.busy.size) / (this.#remembered.has(name) ? REMEMBERED_COUNTS_LESS : 1);
    const most = largest(networks, strangers) ?? largest(networks, ({ at }) => at.proven.size);
    return most === null ? null : firstToGo(most);
  }
}

const noConnections = (): Network["at"] => ({
  idle: new Set(),
  busy: new Set(),
  proven: new Set(),
  serving: new Set(),
});

const sizeOf = ({ at }: Network): number => at.idle.size + at.busy.size + at.proven.size + at.serving.size;

/** The connection of this address that gives way; `null` when all of them serve Slack. */
function firstToGo({ at }: Network): Connection | null {
  for (const place of ["idle", "busy", "proven"] as const) {
    const [oldest] = at[place];
    if (oldest !== undefined) return oldest;
  }
  return null;
}

/** The first with the largest size; `null` when none has any. */
function largest(networks: readonly Network[], size: (network: Network) => number): Network | null {
  let most: Network | null = null;
  let mostSize = 0;
  for (const network of networks) {
    const its = size(network);
    if (its > mostSize) [most, mostSize] = [network, its];
  }
  return most;
}
