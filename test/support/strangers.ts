import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A raw connection of somebody who is not Slack. */
export interface Stranger {
  readonly socket: Socket;
  /** What it got so far. */
  got(): string;
  isClosed(): boolean;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

/** Opens a connection to this machine, from `from` if given, and sends `head`. */
export async function openStranger(port: number, head = "", from?: string): Promise<Stranger> {
  const socket = connect({ port, host: "127.0.0.1", ...(from === undefined ? {} : { localAddress: from }) });
  let got = "";
  let closed = false;
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    got += chunk;
  });
  socket.on("error", () => {});
  const closing = new Promise<void>((resolve) => {
    socket.once("close", () => {
      closed = true;
      resolve();
    });
  });
  await Promise.race([once(socket, "connect").catch(() => {}), closing]);
  if (head !== "") socket.write(head);
  return { socket, got: () => got, isClosed: () => closed, closed: closing };
}

/** The head of a kept-alive request. */
export const headOf = (path: string, method = "GET", headers: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, "host: bot", ...headers, "", ""].join("\r\n");

/** Waits until the answer is there, or the other side has closed. */
export async function answered({ got, socket, closed }: Stranger): Promise<string> {
  while (!/\r\n\r\n/.test(got())) {
    const more = await Promise.race([once(socket, "data").then(() => true), closed.then(() => false)]);
    if (!more) break;
  }
  return got();
}

/** Opens `count` connections in turn, each of which asks `/healthz` once and stays open. The oldest is the first. */
export async function holdOpen(port: number, count: number, from?: string): Promise<Stranger[]> {
  const strangers: Stranger[] = [];
  // One after the other within a group, so that their order is known; the groups keep it quick.
  for (let n = 0; n < count; n += 1) strangers.push(await openStranger(port, headOf("/healthz"), from));
  return strangers;
}

/** Ends them all. */
export function leave(strangers: readonly Stranger[]): void {
  for (const { socket } of strangers) socket.destroy();
}
