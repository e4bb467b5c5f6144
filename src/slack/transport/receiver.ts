import type { App, Receiver } from "@slack/bolt";
import { within } from "../../lib/deadline.js";
import type { Fetch } from "../../lib/outbound.js";
import type { PostRoute, Route } from "../../lib/route.js";
import type { Log } from "../../usecases/ports/ports.js";
import type { ClosedBecause } from "./connections.js";
import { Dispatcher, type Fallbacks } from "./dispatcher.js";
import { HttpServer } from "./http-server.js";
import { PORT_LIMITS, type PortLimits } from "./limits.js";
import { createRefusedRequests, type RefusedRequests } from "./refused-requests.js";
import { createSignatureWatch, type SignatureWatch } from "./signature-watch.js";
import { slackEventsHandler } from "./slack-events.js";
import { type SocketDispatcher, SocketModeConnection } from "./socket-mode.js";
import type { SocketState } from "./socket-state.js";

/** How requests from Slack arrive. */
export type Mode =
  | { readonly kind: "http"; readonly signingSecret: string }
  | { readonly kind: "socket"; readonly appToken: string; readonly dispatcher?: SocketDispatcher | null };

export interface ReceiverOptions {
  readonly mode: Mode;
  readonly apiUrl: string | undefined;
  readonly fetch: Fetch;
  readonly routes: readonly (Route | PostRoute)[];
  /** Milliseconds after which Slack gets an answer even if the listener still runs. Slack waits 3000. */
  readonly deadlineMs: number;
  readonly fallbacks: Fallbacks;
  readonly now: () => number;
  /** A number in [0, 1) that spreads reconnects. */
  readonly jitter: () => number;
  readonly log: Log;
  /** Counts a request that was refused as not Slack's, by the word that says why. */
  readonly onRefused: (why: string) => void;
  /** Counts a connection that was closed for a limit of the port. */
  readonly onConnectionClosed: (why: ClosedBecause) => void;
  /** Default: the usual ones. */
  readonly limits?: PortLimits;
}

/**
 * Replaces Bolt's receivers, which accept timestamps from the future, throw on a late answer, lose requests in flight when
 * they stop, and never answer a click on an unknown button. The HTTP server also serves the other routes, even in Socket
 * Mode.
 */
export class SlackReceiver implements Receiver {
  readonly #server: HttpServer;
  readonly #socket: SocketModeConnection | null;
  readonly #dispatcher: Dispatcher;
  readonly #refused: RefusedRequests;
  readonly #watch: SignatureWatch;
  #stopping = false;

  constructor(options: ReceiverOptions) {
    const { mode, log } = options;
    const { limits = PORT_LIMITS } = options;
    this.#refused = createRefusedRequests(log, options.onRefused);
    this.#watch = createSignatureWatch(log);
    this.#dispatcher = new Dispatcher({
      ...options,
      eventsAtOnce: limits.eventsAtOnce,
      onTooMany: () => this.#refused.tell("too_many_events"),
    });
    const handlers =
      mode.kind === "socket"
        ? []
        : [
            slackEventsHandler({
              signingSecret: mode.signingSecret,
              now: options.now,
              dispatcher: this.#dispatcher,
              stopping: () => this.#stopping,
              refused: this.#refused,
              watch: this.#watch,
            }),
          ];
    this.#socket =
      mode.kind === "http"
        ? null
        : new SocketModeConnection({
            appToken: mode.appToken,
            apiUrl: options.apiUrl,
            fetch: options.fetch,
            webSocketDispatcher: mode.dispatcher ?? null,
            dispatcher: this.#dispatcher,
            now: options.now,
            jitter: options.jitter,
            refused: this.#refused,
            log,
          });
    this.#server = new HttpServer({
      routes: options.routes,
      handlers,
      log,
      onClosed: options.onConnectionClosed,
      limits,
    });
  }

  /** The Socket Mode connection; `null` over HTTP. */
  socket(): SocketState | null {
    return this.#socket?.state() ?? null;
  }

  /** Whether the signing secret may be another app's: requests came, and none has fitted it. */
  signingSecretInDoubt(): boolean {
    return this.#watch.doubtful();
  }

  init(app: App): void {
    this.#dispatcher.init(app);
  }

  /**
   * Opens the port, and answers once `prepare` has ended; whatever comes before waits for it. Does not wait for Slack.
   * @throws what `prepare` throws, after it has closed the port
   */
  async start(
    where: { readonly port: number; readonly host: string },
    prepare: () => Promise<void> = async () => {},
  ): Promise<{ port: number }> {
    const port = await this.#server.listen(where.port, where.host);
    try {
      await prepare();
    } catch (fault) {
      this.#server.refuseNew();
      this.#server.closeAll();
      throw fault;
    }
    this.#server.serve();
    this.#socket?.start();
    return { port };
  }

  /**
   * Accepts no more requests, waits at most `deadlineMs` for running listeners, then closes.
   * @returns the number of unfinished requests
   */
  async stop(deadlineMs: number): Promise<number> {
    this.#stopping = true;
    this.#server.refuseNew();
    this.#socket?.refuseNew();
    const left = await this.#dispatcher.drained(deadlineMs);
    this.#server.closeAll();
    this.#refused.flush();
    // With a silent peer the closing handshake can take half a minute, and nothing depends on it.
    if (this.#socket !== null) await within(1_000, "The socket", this.#socket.close()).catch(() => {});
    return left;
  }
}
