import type { Socket } from "node:net";
import { PostgresSocketError } from "./socket-error.js";

/**
 * Waits for an event of a socket. When the socket fails or closes first, or the signal is aborted, the socket is destroyed
 * and the promise rejects with the socket's error, or with the signal's reason.
 */
export function eventOf(socket: Socket, event: string, signal: AbortSignal): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      socket.off(event, onEvent).off("error", onError).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      then();
    };
    const fail = (fault: unknown): void =>
      settle(() => {
        // Whatever it still reports is of no interest, but an error without a listener would end the process.
        socket.on("error", () => {}).destroy();
        reject(fault);
      });
    const onEvent = (...values: unknown[]): void => settle(() => resolve(values));
    const onError = (fault: unknown): void => fail(fault);
    const onClose = (): void => fail(new PostgresSocketError("ECONNRESET"));
    const onAbort = (): void => fail(signal.reason);
    socket.once(event, onEvent).once("error", onError).once("close", onClose);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}
