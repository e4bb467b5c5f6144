import { connect, createServer, type Socket } from "node:net";

/** A proxy in front of PostgreSQL that can hold the answers to a claim. */
export interface ClaimGate {
  /** The database's address through the proxy. */
  readonly url: string;
  /** From the next claim on, its connection gets no answer any more. Resolves when PostgreSQL has the claim. */
  holdNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

/** In bytes. A startup is longer: it names the role. */
const TLS_REQUEST_LENGTH = 8;

/** Reads the messages of a client: a statement named by Parse (`P`), and each Bind (`B`) of it. */
function createReader(onBind: () => void) {
  const named = new Set<string>();
  let rest = Buffer.alloc(0);
  let begun = false;
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The startup, and the question for TLS before it, have no type.
      const head = begun ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = rest.readInt32BE(head);
      if (rest.length < head + length) return;
      const type = begun ? String.fromCharCode(rest[0] ?? 0) : "";
      const [first = "", second = ""] = rest
        .subarray(head + 4, head + length)
        .toString("latin1")
        .split("\0", 2);
      begun ||= length !== TLS_REQUEST_LENGTH;
      rest = rest.subarray(head + length);
      if (type === "P" && second.includes("outbox_claim")) named.add(first);
      if (type === "B" && named.has(second)) onBind();
    }
  };
}

export async function openClaimGate(databaseUrl: string): Promise<ClaimGate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let caught: (() => void) | null = null;
  const server = createServer((client) => {
    const backend = connect(Number(target.port || 5432), target.hostname);
    let held = false;
    const read = createReader(() => {
      if (caught === null) return;
      held = true;
      caught();
      caught = null;
    });
    client.on("data", (chunk: Buffer) => {
      read(chunk);
      backend.write(chunk);
    });
    backend.on("data", (chunk: Buffer) => {
      if (!held) client.write(chunk);
    });
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        // PostgreSQL must be able to finish a claim whose client has given up.
        if (one === client && held) return;
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The proxy has no port.");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    holdNextAnswer: () =>
      new Promise((resolve) => {
        caught = resolve;
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
