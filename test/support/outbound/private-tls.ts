import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A server that ends TLS with a certificate of a private CA, in front of plain HTTP servers of this machine. */
export interface PrivateTls {
  readonly port: number;
  /** The file of the CA's certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  stop(): Promise<void>;
}

/** @param portOf the plain server behind a name */
export async function openPrivateTls(names: readonly string[], portOf: (name: string) => number): Promise<PrivateTls> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-ca-"));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run("openssl", args, { cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA");
  await openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", `/CN=${names[0]}`);
  await writeFile(file("names"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  await openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", ...signing);

  const sockets = new Set<TLSSocket>();
  const server = createServer(
    { key: await readFile(file("server.key")), cert: await readFile(file("server.pem")) },
    (client) => {
      sockets.add(client);
      const upstream = connect(portOf(client.servername || (names[0] ?? "")), "127.0.0.1");
      client.pipe(upstream).pipe(client);
      client.on("error", () => upstream.destroy());
      upstream.on("error", () => client.destroy());
      client.on("close", () => {
        sockets.delete(client);
        upstream.destroy();
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    caFile: file("ca.pem"),
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
