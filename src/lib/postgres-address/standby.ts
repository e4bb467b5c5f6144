import type { Socket } from "node:net";
import { PostgresSocketError } from "./socket-error.js";

const PARAMETER_STATUS = "S".charCodeAt(0);
const READY_FOR_QUERY = "Z".charCodeAt(0);
/** Parameters that a server reports while it signs a client in, and that say `on` when it takes no writes. */
const READ_ONLY = ["in_hot_standby", "default_transaction_read_only"];

/**
 * Reads along while a driver signs in, and destroys the connection with `READ_ONLY_SERVER` if the server reports that it
 * takes no writes. So every driver passes over standbys, also one that knows nothing of several hosts.
 */
export function refuseReadOnly(socket: Socket, onRefused: () => void): void {
  let unread = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 5) {
      const end = unread.readUInt32BE(1) + 1;
      if (unread.length < end) return;
      const type = unread[0];
      if (type === READY_FOR_QUERY) return void socket.off("data", read);
      if (type === PARAMETER_STATUS && saysReadOnly(unread.subarray(5, end))) {
        socket.off("data", read);
        onRefused();
        socket.destroy(new PostgresSocketError("READ_ONLY_SERVER"));
        return;
      }
      unread = unread.subarray(end);
    }
  };
  socket.on("data", read);
}

function saysReadOnly(message: Buffer): boolean {
  const [name = "", value] = message.toString("utf8").split("\0");
  return READ_ONLY.includes(name) && value === "on";
}
