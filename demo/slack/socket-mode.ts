import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { secretHex } from "./ids.js";
import { isObject, type JsonObject, objectAt, parseJson, textAt } from "./json.js";

/** A client's answer to an envelope: its payload, or the reason why there is none. */
export type Acknowledgement = { readonly payload: JsonObject } | { readonly failed: "timeout" | "unreachable" };

const PING_MS = 10_000;

/** Socket Mode: one-time URLs, hello, envelopes with acknowledgement, disconnects on demand. */
export class SocketHub {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #clients = new Set<WebSocket>();
  readonly #waiting = new Map<string, (payload: JsonObject) => void>();
  readonly #changed: () => void;
  readonly #appId: string;
  #turn = 0;
  /** While set, every connection is greeted and closed at once. */
  greetAndClose = false;

  constructor(appId: string, changed: () => void) {
    this.#appId = appId;
    this.#changed = changed;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#clients.size;
  }

  /** A path that admits one client, once. */
  ticketPath(): string {
    const ticket = secretHex(12);
    this.#tickets.add(ticket);
    return `/link?ticket=${ticket}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname !== "/link" || !this.#tickets.delete(url.searchParams.get("ticket") ?? "")) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  /** Sends an envelope to the next client in turn and waits for its acknowledgement. */
  send(type: string, payload: JsonObject, retry: number, withinMs: number): Promise<Acknowledgement> {
    const clients = [...this.#clients];
    const client = clients[this.#turn++ % Math.max(1, clients.length)];
    if (client === undefined) return Promise.resolve({ failed: "unreachable" });
    const id = randomUUID();
    const envelope = { envelope_id: id, type, payload, accepts_response_payload: type !== "events_api" };
    const again = type === "events_api" ? { retry_attempt: retry, retry_reason: retry > 0 ? "timeout" : "" } : {};
    return new Promise((resolve) => {
      const finish = (result: Acknowledgement) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        client.off("close", gone);
        resolve(result);
      };
      const gone = () => finish({ failed: "unreachable" });
      const timer = setTimeout(() => finish({ failed: "timeout" }), withinMs);
      this.#waiting.set(id, (answer) => finish({ payload: answer }));
      client.once("close", gone);
      client.send(JSON.stringify({ ...envelope, ...again }));
    });
  }

  /** Asks every client to reconnect, as Slack does when it recycles a server. */
  disconnect(reason: "refresh_requested" | "warning" | "link_disabled" = "refresh_requested"): void {
    for (const client of this.#clients) client.send(JSON.stringify({ type: "disconnect", reason, debug_info: {} }));
  }

  /** Cuts every connection without notice. */
  cut(): void {
    for (const client of this.#clients) client.terminate();
    this.#clients.clear();
  }

  #welcome(client: WebSocket): void {
    this.#clients.add(client);
    const ping = setInterval(() => client.ping(), PING_MS);
    ping.unref();
    client.on("error", () => client.terminate());
    client.on("close", () => {
      clearInterval(ping);
      this.#clients.delete(client);
      this.#changed();
    });
    client.on("message", (data) => this.#read(String(data)));
    const info = { connection_info: { app_id: this.#appId }, num_connections: this.#clients.size, debug_info: {} };
    client.send(JSON.stringify({ type: "hello", ...info }));
    if (this.greetAndClose) client.close();
    this.#changed();
  }

  #read(data: string): void {
    const message = parseJson(data);
    if (!isObject(message)) return;
    this.#waiting.get(textAt(message, "envelope_id") ?? "")?.(objectAt(message, "payload"));
  }
}
