import { connect, type Socket } from "node:net";
import type { PostgresAddress, PostgresServer } from "./address.js";
import { PostgresSocketError } from "./socket-error.js";
import { eventOf } from "./socket-events.js";
import { refuseReadOnly } from "./standby.js";
import { encrypt, offersTls } from "./tls.js";

/** Opens a connection over which a driver can sign in. Aborting the signal gives up, or closes what was opened. */
export type OpenSocket = (signal: AbortSignal) => Promise<Socket>;

/**
 * Returns a function that connects to the servers of an address as libpq would: hosts in their order, sockets, TLS. It
 * remembers the last server that worked and begins with it. The drivers get a connection that is ready and need to know
 * nothing of this, so they cannot read an address differently.
 */
export function createSocketOpener(address: PostgresAddress, defaultTimeoutMs: number): OpenSocket {
  const { servers, writable, connectTimeoutMs } = address;
  let first = 0;
  return async (signal) => {
    const start = first;
    let fault: unknown = new PostgresSocketError("ENOTFOUND");
    for (let step = 0; step < servers.length; step += 1) {
      const at = (start + step) % servers.length;
      const server = servers[at];
      if (server === undefined) break;
      const next = (at + 1) % servers.length;
      // Set before the try: a caller that gives up must not begin with the same silent server again.
      first = next;
      try {
        const socket = await withLimit(connectTimeoutMs ?? defaultTimeoutMs, signal, (limit) =>
          openOne(address, server, limit),
        );
        first = at;
        signal.addEventListener("abort", () => socket.destroy(), { once: true });
        if (writable)
          refuseReadOnly(socket, () => {
            first = next;
          });
        return socket;
      } catch (thrown) {
        fault = thrown;
        if (signal.aborted) break;
      }
    }
    throw fault;
  };
}

async function openOne(address: PostgresAddress, server: PostgresServer, signal: AbortSignal): Promise<Socket> {
  const { tls } = address;
  const socket = await dial(address, server, signal);
  // As with libpq, a Unix socket is never encrypted, whatever sslmode says.
  if (tls.mode === "disable" || server.path !== null) return socket;
  const mustEncrypt = tls.mode !== "allow" && tls.mode !== "prefer";
  if (!(await offersTls(socket, signal))) {
    if (!mustEncrypt) return socket;
    socket.destroy();
    throw new PostgresSocketError("TLS_NOT_OFFERED");
  }
  try {
    return await encrypt(socket, server, tls, signal);
  } catch (fault) {
    socket.destroy();
    if (mustEncrypt || signal.aborted) throw fault;
    return dial(address, server, signal);
  }
}

async function dial({ keepAliveS }: PostgresAddress, server: PostgresServer, signal: AbortSignal): Promise<Socket> {
  const { path, host, hostaddr, port } = server;
  const socket = path === null ? connect({ host: hostaddr ?? host, port }) : connect({ path });
  await eventOf(socket, "connect", signal);
  socket.setNoDelay(true);
  if (keepAliveS !== null) socket.setKeepAlive(true, keepAliveS * 1_000);
  return socket;
}

/** Runs `open` with a signal that is aborted after `ms` milliseconds, or together with `signal`. */
async function withLimit<T>(ms: number, signal: AbortSignal, open: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const end = (): void => limit.abort(new PostgresSocketError("CONNECTION_ENDED"));
  const timer = setTimeout(() => limit.abort(new PostgresSocketError("CONNECT_TIMEOUT")), ms);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await open(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}
