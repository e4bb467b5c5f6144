import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

const file = (name: string): string => fileURLToPath(new URL(`./tls/${name}`, import.meta.url));

/** The authority that has signed the door's certificate, which is made out to `localhost`. */
export const CA_FILE = file("ca.pem");

const SSL_REQUEST = 80_877_103;

/** A door in front of the test server: it can encrypt, and it can fall silent. */
export interface PostgresDoor {
  readonly port: number;
  /** The same role and database through the door. */
  through(url: string): string;
  /** Swallows what arrives on the connections of now, which stay open, as if a firewall had forgotten them. */
  silence(): void;
  /** The connections that came in, and how each was encrypted. */
  readonly seen: readonly { readonly encrypted: boolean }[];
  close(): Promise<void>;
}

export interface DoorOptions {
  /** `offered` answers S to a request for TLS, `refused` N, and `demanded` refuses whoever does not ask, as pg_hba.conf can. */
  readonly tls: "offered" | "refused" | "demanded";
  /** Says that it is a standby while a client signs in. */
  readonly standby?: boolean;
}

/** Opens a door on a free port. */
export async function openDoor({ tls, standby = false }: DoorOptions): Promise<PostgresDoor> {
  const { hostname, port: serverPort } = new URL(inject("postgresServer").adminUrl);
  const seen: { encrypted: boolean }[] = [];
  const open = new Set<Socket>();
  const pairs: (() => void)[] = [];

  const pass = (client: Socket, first: Buffer | null): void => {
    const onward = connect(Number(serverPort || 5432), hostname);
    open.add(onward);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on("error", () => one.destroy());
      one.on("close", () => other.destroy());
    }
    if (first !== null) onward.write(first);
    client.on("data", (chunk: Buffer) => onward.write(chunk));
    onward.on("data", (chunk: Buffer) => client.write(standby ? insertParameter(chunk) : chunk));
    pairs.push(() => {
      client.removeAllListeners("data").resume();
      onward.removeAllListeners("data").resume();
    });
  };

  const server = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.once("data", (chunk: Buffer) => {
      const asksForTls = chunk.length === 8 && chunk.readUInt32BE(4) === SSL_REQUEST;
      if (asksForTls && tls !== "refused") {
        client.write("S");
        const secure = new TLSSocket(client, {
          isServer: true,
          cert: readFileSync(file("server.pem")),
          key: readFileSync(file("server.key")),
        });
        seen.push({ encrypted: true });
        return pass(secure, null);
      }
      if (!asksForTls && tls === "demanded") return void client.end(DEMANDS_TLS);
      if (!asksForTls) {
        seen.push({ encrypted: false });
        return pass(client, chunk);
      }
      client.write("N");
      client.once("data", (startup: Buffer) => {
        seen.push({ encrypted: false });
        pass(client, startup);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    through: (url) => Object.assign(new URL(url), { hostname: "localhost", port: String(port) }).href,
    silence: () => {
      for (const fallSilent of pairs.splice(0)) fallSilent();
    },
    seen,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** What PostgreSQL answers when no line of pg_hba.conf takes a connection without TLS. */
const DEMANDS_TLS = message("E", [
  "SFATAL",
  "VFATAL",
  "C28000",
  'Mno pg_hba.conf entry for host "127.0.0.1", user "bot", database "x", no encryption',
  "",
]);

function message(type: string, parts: readonly string[]): Buffer {
  const body = Buffer.from(parts.map((part) => `${part}\0`).join(""));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const parameter = (name: string, value: string): Buffer => message("S", [name, value]);

/** Puts a standby's parameter before the message that ends the sign-in. */
function insertParameter(chunk: Buffer): Buffer {
  const at = chunk.indexOf(Buffer.from([...Buffer.from("Z"), 0, 0, 0, 5]));
  return at < 0 ? chunk : Buffer.concat([chunk.subarray(0, at), parameter("in_hot_standby", "on"), chunk.subarray(at)]);
}
