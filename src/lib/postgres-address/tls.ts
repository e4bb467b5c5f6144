import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { codeOf } from "../causes.js";
import type { PostgresServer, PostgresTls } from "./address.js";
import { PostgresSocketError } from "./socket-error.js";
import { eventOf } from "./socket-events.js";

/** The protocol's request for encryption: its length, then the number 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = "S".charCodeAt(0);
/** Yes, no, or an error: nothing else answers it as PostgreSQL does. */
const ANSWERS = new Set([YES, "N".charCodeAt(0), "E".charCodeAt(0)]);

/** Asks the server whether it offers TLS. It answers with one byte and waits for the handshake. */
export async function offersTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.write(SSL_REQUEST);
  const [answer] = await eventOf(socket, "data", signal);
  if (!Buffer.isBuffer(answer) || !ANSWERS.has(answer[0] ?? 0)) throw new PostgresSocketError("NOT_POSTGRES");
  // More than one byte cannot come from the server: somebody in between has put it in, to have it read as encrypted.
  if (answer.length !== 1) throw new PostgresSocketError("TLS_NOT_OFFERED");
  return answer[0] === YES;
}

/** Encrypts a connection whose server has offered it. */
export async function encrypt(
  socket: Socket,
  server: PostgresServer,
  tls: PostgresTls,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const options = await tlsOptions(server, tls);
  try {
    const secure = connect({ ...options, socket });
    await eventOf(secure, "secureConnect", signal);
    return secure;
  } catch (fault) {
    if (fault instanceof PostgresSocketError) throw fault;
    throw new PostgresSocketError(`TLS_${codeOf(fault) ?? "FAILED"}`, fault);
  }
}

/** Reads the files at each connection, so that a renewed certificate is used without a restart. */
async function tlsOptions(server: PostgresServer, tls: PostgresTls): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    readPem("sslrootcert", tls.rootFile),
    readPem("sslcert", tls.certFile),
    readPem("sslkey", tls.keyFile),
  ]);
  return {
    host: server.host,
    // A name only: an address is not allowed there.
    ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
    rejectUnauthorized: tls.mode === "verify-ca" || tls.mode === "verify-full",
    ...(tls.mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
    ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword.reveal() }),
    ...(tls.minVersion === null ? {} : { minVersion: tls.minVersion }),
    ...(tls.maxVersion === null ? {} : { maxVersion: tls.maxVersion }),
  };
}

async function readPem(word: string, file: string | null): Promise<Buffer | null> {
  if (file === null) return null;
  try {
    return await readFile(file);
  } catch (fault) {
    throw new PostgresSocketError(`TLS_FILE ${word} ${codeOf(fault) ?? "UNKNOWN"}`, fault);
  }
}
