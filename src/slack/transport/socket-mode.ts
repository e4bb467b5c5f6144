import { SocketModeReceiver } from "@slack/bolt";
import { within } from "../../lib/within.js";
import type { Log } from "../../usecases/ports.js";
import type { SlackResponse } from "./ack.js";
import { boltLogger } from "./bolt-logger.js";
import type { Dispatcher } from "./dispatcher.js";
import { toPayload } from "./envelope.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const CONNECT_WITHIN_MS = 15_000;

type Client = SocketModeReceiver["client"];

/**
 * Keeps a Socket Mode connection. The library's own reconnecting is switched off: it waits five seconds each time, and
 * an attempt that fails ends in an unhandled rejection. Here Slack may be away for as long as it likes.
 */
export class SocketModeConnection {
  readonly #client: Client;
  readonly #log: Log;
  readonly #intake: Dispatcher;
  #stopping = false;
  #wakeUp: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly appToken: string;
    readonly apiUrl: string | undefined;
    readonly dispatcher: Dispatcher;
    readonly log: Log;
  }) {
    this.#log = options.log;
    this.#intake = options.dispatcher;
    // Made for its client; it is never given the app, so it passes nothing on by itself.
    this.#client = new SocketModeReceiver({
      appToken: options.appToken,
      logger: boltLogger(options.log),
      autoReconnectEnabled: false,
      installerOptions: {
        clientOptions: {
          retryConfig: { retries: 0 },
          timeout: 5_000,
          rejectRateLimitedCalls: true,
          ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
        },
      },
    }).client;
    this.#client.on("slack_event", (delivered: SocketDelivery) => void this.#take(delivered));
  }

  /** Begins to connect, and goes on trying; never fails. */
  start(): void {
    this.#running = this.#keepConnected();
  }

  /** From now on nothing is taken in. What is not acknowledged, Slack delivers again. */
  refuseNew(): void {
    this.#stopping = true;
    this.#wakeUp();
  }

  async close(): Promise<void> {
    this.refuseNew();
    await this.#hangUp();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#stopping) {
      try {
        await this.#connectOnce(() => {
          pause = FIRST_PAUSE_MS;
        });
      } catch {
        if (this.#stopping) return;
        this.#log.warn("slack.socket_unreachable", { retryInMs: pause });
        await this.#pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Connects, and resolves when that connection has ended. */
  async #connectOnce(connected: () => void): Promise<void> {
    let onEnd = () => {};
    const ended = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    this.#client.once("disconnected", onEnd);
    try {
      await within(CONNECT_WITHIN_MS, "Slack", this.#client.start());
      connected();
      this.#log.info("slack.socket_connected");
      // A stop that came while the connection was being made found nothing to close.
      if (this.#stopping) void this.#hangUp();
      await ended;
      this.#log.info("slack.socket_ended");
    } catch (fault) {
      // A connection that is half made must not come up later beside the next one.
      void this.#hangUp();
      throw fault;
    } finally {
      this.#client.off("disconnected", onEnd);
    }
  }

  /** Never fails: a connection that cannot be closed in order ends with the process at the latest. */
  #hangUp(): Promise<void> {
    return this.#client.disconnect().catch(() => this.#log.warn("slack.socket_not_closed"));
  }

  /** Between two connections, so that a Slack that is away is not stormed; a stop ends it at once. */
  async #pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  async #take({ body, ack, retry_num }: SocketDelivery): Promise<void> {
    if (this.#stopping) return;
    const envelope = toPayload(body);
    if (envelope.kind !== "payload") {
      this.#log.warn("slack.request_refused", { why: "malformed" });
      return this.#acknowledge(ack, { kind: "taken" });
    }
    await this.#intake.take({
      payload: envelope.payload,
      retryNum: retry_num ?? null,
      send: (outcome) => void this.#acknowledge(ack, outcome),
    });
  }

  async #acknowledge(ack: SocketDelivery["ack"], outcome: SlackResponse): Promise<void> {
    // An event that is not acknowledged comes again: that is what `again` asks for.
    if (outcome.kind === "again") return;
    try {
      await ack(typeof outcome.body === "object" && outcome.body !== null ? { ...outcome.body } : {});
    } catch {
      this.#log.warn("slack.socket_ack_lost");
    }
  }
}

interface SocketDelivery {
  readonly body: unknown;
  readonly ack: (body?: Record<string, unknown>) => Promise<void>;
  readonly retry_num?: number;
}
