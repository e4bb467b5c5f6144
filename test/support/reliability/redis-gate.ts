import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Kind, Side } from "./borders.js";
import type { Trail } from "./trail.js";
import type { Trap } from "./traps.js";

/** A proxy between the bot and its Redis that sees each new job. */
export interface RedisGate {
  readonly url: string;
  /** Before: the job never arrives. After: the job arrives, but its answer does not. */
  trap(kind: Kind, side: Side): Trap;
  close(): Promise<void>;
}

/** Jobs carry their ids as JSON. */
const JOB = /"id":"([0-9a-f-]{36})"/g;

interface Armed {
  readonly kind: Kind;
  readonly side: Side;
  spring(): void;
}

export async function openRedisGate(redisUrl: string, trailOf: () => Trail): Promise<RedisGate> {
  const { port } = new URL(redisUrl);
  let armed: Armed | null = null;
  const sockets = new Set<Socket>();

  const isOf = async (chunk: Buffer, kind: Kind): Promise<boolean> => {
    const ids = [...chunk.toString("latin1").matchAll(JOB)].map((match) => match[1] ?? "");
    if (ids.length === 0) return false;
    const { sql } = trailOf();
    const rows = await sql`
      SELECT FROM breakglass.outbox WHERE id::text IN ${sql(ids)} AND effect ->> 'kind' = ${kind}`;
    return rows.length > 0;
  };

  const carry = async (client: Socket): Promise<void> => {
    const upstream = connect(Number(port), "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let answers = true;
    upstream.on("data", (chunk: Buffer) => void (answers && client.write(chunk)));
    for await (const chunk of client as AsyncIterable<Buffer>) {
      const trap = armed;
      if (trap === null || !(await isOf(chunk, trap.kind))) {
        upstream.write(chunk);
        continue;
      }
      answers = false;
      if (trap.side === "after") {
        upstream.write(chunk);
        await once(upstream, "data");
      }
      armed = null;
      trap.spring();
    }
  };

  const server: Server = createServer((client) => void carry(client).catch(() => {}));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The gate has no port.");
  return {
    url: `redis://127.0.0.1:${address.port}/0`,
    trap: (kind, side) => ({
      name: `${kind}, ${side} queue on Redis`,
      set: async () => {
        const sprung = new Promise<void>((resolve) => {
          armed = { kind, side, spring: resolve };
        });
        return {
          sprung,
          lift: async () => {
            armed = null;
          },
        };
      },
    }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
