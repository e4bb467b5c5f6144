import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** One CONNECT request, and the proxy's answer. */
export interface Tunnel {
  readonly host: string;
  readonly port: number;
  readonly status: number;
}

/** An HTTP proxy that only opens tunnels, as a company's does. It resolves names itself: nobody else knows `.test`. */
export interface ConnectProxy {
  /** `host:port`, without user and password. */
  readonly address: string;
  readonly tunnels: readonly Tunnel[];
  /** The hosts that a tunnel was opened to, each once, sorted. */
  hosts(): readonly string[];
  /** The user and password that it asks for; `null` for none. */
  demand(credentials: string | null): void;
  stop(): Promise<void>;
}

/** @param portOf the local port behind a name; `null` for a name that the proxy does not know (502) */
export async function openConnectProxy(portOf: (host: string) => number | null): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const sockets = new Set<Socket>();
  let demanded: string | null = null;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Socket, head: Buffer) => {
    client.on("error", () => client.destroy());
    const { hostname: host, port } = new URL(`tcp://${request.url}`);
    const expected = demanded === null ? undefined : `Basic ${Buffer.from(demanded).toString("base64")}`;
    const allowed = expected === undefined || request.headers["proxy-authorization"] === expected;
    const local = portOf(host);
    const status = !allowed ? 407 : local === null ? 502 : 200;
    tunnels.push({ host, port: Number(port), status });
    if (status !== 200 || local === null) {
      client.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(local, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
    upstream.on("close", () => sockets.delete(upstream));
    client.on("close", () => upstream.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    tunnels,
    hosts: () => [...new Set(tunnels.filter(({ status }) => status === 200).map(({ host }) => host))].sort(),
    demand: (credentials) => {
      demanded = credentials;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
