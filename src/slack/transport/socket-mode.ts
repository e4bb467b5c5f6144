import { SocketModeReceiver } from "@slack/bolt";
import { within } from "../../lib/deadline.js";
import type { Fetch } from "../../lib/outbound.js";
import type { Log } from "../../usecases/ports/ports.js";
import type { SlackResponse } from "./ack.js";
import { boltLogger } from "./bolt-logger.js";
import type { Dispatcher } from "./dispatcher.js";
import { toPayload } from "./envelope.js";
import type { RefusedRequests } from "./refused-requests.js";
import { RequestOrigin } from "./request-origin.js";
import { createSocketHealth, type SocketHealth, type SocketState } from "./socket-state.js";

const CONNECT_WITHIN_MS = 15_000;

/** An undici dispatcher, such as a proxy's. */
export type SocketDispatcher = NonNullable<ConstructorParameters<typeof SocketModeReceiver>[0]["dispatcher"]>;

type Client = SocketModeReceiver["client"];

/**
 * Keeps a Socket Mode connection open and reconnects however long Slack is unreachable. The library's own reconnect is
 * switched off: it always waits five seconds, and a failed attempt ends in an unhandled rejection.
 */
export class SocketModeConnection {
  readonly #client: Client;
  readonly #log: Log;
  readonly #refused: RefusedRequests;
  readonly #dispatcher: Dispatcher;
  readonly #health: SocketHealth;
  #stopping = false;
  #wakeUp: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly appToken: string;
    readonly apiUrl: string | undefined;
    readonly fetch: Fetch;
    /** The way out of the WebSocket; `null`: straight. */
    readonly webSocketDispatcher: SocketDispatcher | null;
    readonly dispatcher: Dispatcher;
    readonly now: () => number;
    readonly jitter: () => number;
    readonly refused: RefusedRequests;
    readonly log: Log;
  }) {
    this.#log = options.log;
    this.#health = createSocketHealth(options.log, options.now, options.jitter);
    this.#refused = options.refused;
    this.#dispatcher = options.dispatcher;
    // Only the receiver's client is used. Without an app the receiver itself passes nothing on.
    this.#client = new SocketModeReceiver({
      appToken: options.appToken,
      logger: boltLogger(options.log),
      autoReconnectEnabled: false,
      ...(options.webSocketDispatcher === null ? {} : { dispatcher: options.webSocketDispatcher }),
      installerOptions: {
        clientOptions: {
          fetch: options.fetch,
          retryConfig: { retries: 0 },
          timeout: 5_000,
          rejectRateLimitedCalls: true,
          ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
        },
      },
    }).client;
    this.#client.on("slack_event", (delivered: SocketDelivery) => void this.#receive(delivered));
  }

  /** Starts connecting and keeps retrying. Never fails. */
  start(): void {
    this.#running = this.#keepConnected();
  }

  /** Accepts no more requests. Slack delivers unacknowledged ones again. */
  refuseNew(): void {
    this.#stopping = true;
    this.#wakeUp();
  }

  async close(): Promise<void> {
    this.refuseNew();
    await this.#disconnect();
    await this.#running;
  }

  /** Whether Slack reaches the bot. */
  state(): SocketState {
    return this.#health.state();
  }

  async #keepConnected(): Promise<void> {
    while (!this.#stopping) {
      const pause = await this.#connectOnce();
      if (pause > 0 && !this.#stopping) await this.#pause(pause);
    }
  }

  /**
   * Connects, and resolves when the connection has ended.
   * @returns milliseconds to wait before the next one
   */
  async #connectOnce(): Promise<number> {
    let onEnd = () => {};
    const ended = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    this.#client.once("disconnected", onEnd);
    try {
      await within(CONNECT_WITHIN_MS, "Slack", this.#client.start());
    } catch (fault) {
      // Otherwise a half-open connection could come up later, beside the next one.
      void this.#disconnect();
      this.#client.off("disconnected", onEnd);
      return this.#stopping ? 0 : this.#health.failed(fault);
    }
    this.#health.opened();
    // A stop during the connection attempt found nothing to close.
    if (this.#stopping) void this.#disconnect();
    await ended;
    return this.#stopping ? 0 : this.#health.ended();
  }

  /** Never fails. A connection that cannot be closed ends with the process. */
  #disconnect(): Promise<void> {
    return this.#client.disconnect().catch(() => this.#log.warn("slack.socket_not_closed"));
  }

  /** Waits before the next attempt; a stop ends the wait at once. */
  async #pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  async #receive({ envelope_id, body, ack, retry_num }: SocketDelivery): Promise<void> {
    if (this.#stopping) return;
    this.#health.delivered();
    const envelope = toPayload(body);
    if (envelope.kind !== "payload") {
      this.#refused.tell("malformed");
      return this.#acknowledge(ack, { kind: "ok" });
    }
    await this.#dispatcher.dispatch({
      payload: envelope.payload,
      origin: new RequestOrigin({ envelope: envelope_id }),
      retryNum: retry_num ?? null,
      send: (response) => void this.#acknowledge(ack, response),
    });
  }

  async #acknowledge(ack: SocketDelivery["ack"], response: SlackResponse): Promise<void> {
    // Slack redelivers an event that is not acknowledged.
    if (response.kind === "redeliver") return;
    try {
      await ack(typeof response.body === "object" && response.body !== null ? { ...response.body } : {});
    } catch {
      this.#log.warn("slack.socket_ack_lost");
    }
  }
}

interface SocketDelivery {
  readonly envelope_id: string;
  readonly body: unknown;
  readonly ack: (body?: Record<string, unknown>) => Promise<void>;
  readonly retry_num?: number;
}
