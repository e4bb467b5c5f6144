import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { OpenSocket } from "../lib/postgres-address/open-socket.js";
import { PostgresSocketError } from "../lib/postgres-address/socket-error.js";

/**
 * What `pg` takes for its socket. It wants one before it connects, while ours comes ready, with TLS done: this stands in
 * between and passes everything on.
 */
export class SocketStream extends Duplex {
  readonly #open: OpenSocket;
  readonly #end = new AbortController();
  #socket: Socket | null = null;

  constructor(open: OpenSocket) {
    super({ allowHalfOpen: false });
    this.#open = open;
  }

  /** Called by `pg`; the host and port that it passes are not used. */
  connect(): this {
    this.#open(this.#end.signal).then(
      (socket) => this.#use(socket),
      (fault: unknown) => this.destroy(fault instanceof Error ? fault : new Error("no socket")),
    );
    return this;
  }

  #use(socket: Socket): void {
    if (this.destroyed) return void socket.destroy();
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.once("end", () => this.push(null));
    socket.once("error", (fault) => this.destroy(fault));
    socket.once("close", () => this.destroy());
    this.emit("connect");
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (fault?: Error | null) => void): void {
    if (this.#socket === null) done(new PostgresSocketError("CONNECTION_ENDED"));
    else this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket?.end();
    done();
  }

  override _destroy(fault: Error | null, done: (fault: Error | null) => void): void {
    this.#end.abort(new PostgresSocketError("CONNECTION_ENDED"));
    this.#socket?.destroy();
    done(fault);
  }

  /* Both are set where the socket is opened. */
  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#socket?.ref();
    return this;
  }

  unref(): this {
    this.#socket?.unref();
    return this;
  }
}
