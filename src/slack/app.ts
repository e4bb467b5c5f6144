import { App } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import type { Fetch } from "../lib/outbound.js";
import { createPrecedence, type Precedence } from "../lib/precedence.js";
import type { PostRoute, Route } from "../lib/route.js";
import type { Breakglass } from "../usecases/api.js";
import type { Charts, Log } from "../usecases/ports/ports.js";
import { drawnInTurn } from "./delivery/drawn-in-turn.js";
import { createPictures } from "./delivery/pictures.js";
import type { Workspace } from "./directory/workspace.js";
import { createHandlers } from "./handlers.js";
import { createHomes } from "./home/home.js";
import { createEphemeralReply } from "./interactions/ephemeral-reply.js";
import { createFallbacks } from "./interactions/fallbacks.js";
import { createQuestions, type NotAnsweredBecause, type Question } from "./interactions/lookup-allowance.js";
import { createModalClient } from "./interactions/modal-client.js";
import { type Handlers, registerHandlers } from "./interactions/register.js";
import { boltLogger } from "./transport/bolt-logger.js";
import type { PortLimits } from "./transport/limits.js";
import { type Mode, SlackReceiver } from "./transport/receiver.js";
import type { SocketState } from "./transport/socket-state.js";

/** Slack waits 3 s. The difference leaves time for the answer to travel back. */
const ANSWER_WITHIN_MS = 2_500;

export interface SlackAppOptions {
  readonly breakglass: Breakglass;
  /** For modals and ephemeral messages: no retry, and a timeout of two seconds. */
  readonly web: WebClient;
  readonly mode: Mode;
  /** Base URL such as `http://127.0.0.1:4991/api/`. Default: Slack's. */
  readonly apiUrl?: string;
  /** The bot's workspace; `null` while Slack is unreachable. */
  readonly home: () => Promise<Workspace | null>;
  readonly log: Log;
  /** Renders the charts of readings. */
  readonly charts: Charts;
  /** The way out, through the proxy if there is one. Default: the standard one. */
  readonly fetch?: Fetch;
  /** Further routes of the HTTP server, in both modes. */
  readonly routes: readonly (Route | PostRoute)[];
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
  /** Called with the workspace that a slash command came from. */
  readonly commandFrom?: (teamId: string) => void;
  /** A number in [0, 1) that spreads the reconnects of several instances. */
  readonly jitter?: () => number;
  /** Called with the reason when a request was refused, for the metrics. */
  readonly onRequestRefused?: (why: string) => void;
  /** Called with the reason when a connection was closed for a limit of the port, for the metrics. */
  readonly onConnectionClosed?: (why: string) => void;
  /** The limits of the port. Default: the usual ones; smaller ones for tests. */
  readonly limits?: PortLimits;
  /** Called when a question was not answered, for the metrics. */
  readonly onQuestionRefused?: (question: Question, why: NotAnsweredBecause) => void;
  /** What goes before pictures. Default: what people do in Slack. */
  readonly precedence?: Precedence;
  /** Milliseconds that are never set back, for the limits of questions. Default: those of the process. */
  readonly steady?: () => number;
  /** Called when Slack reports a changed account, so that cached data about it can be dropped. */
  readonly onAccountChanged?: (user: string) => void;
  /** Milliseconds after which Slack gets an answer even if the handler still runs. Default 2500; Slack waits 3000. */
  readonly answerWithinMs?: number;
}

/** The entry point of all requests from Slack. */
export interface SlackApp {
  /**
   * Opens the port, does what has to come before the first answer (`prepare`), then answers. Makes no call to Slack, so it
   * starts and stays up while Slack is unreachable.
   */
  start(
    where: { readonly port: number; readonly host: string },
    prepare?: () => Promise<void>,
  ): Promise<{ readonly port: number }>;
  /**
   * Accepts no more requests, waits at most `deadlineMs` for running handlers, then closes.
   * @returns the number of unfinished handlers
   */
  stop(deadlineMs: number): Promise<number>;
  /** Call when something is recorded: open App Homes are updated soon after. Returns at once. */
  changed(): void;
  /** Every handler, by id. */
  readonly handlers: Handlers;
  /** The Socket Mode connection; `null` over HTTP. */
  socket(): SocketState | null;
  /** Whether requests came over HTTP and none has fitted the signing secret. */
  signingSecretInDoubt(): boolean;
}

/** The inbound side of the Slack adapter: commands, clicks, forms, events and the App Home. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { breakglass, web, apiUrl, home, log, fetch = globalThis.fetch } = options;
  const replyEphemerally = createEphemeralReply(web, apiUrl, log, fetch);
  const steady = options.steady ?? (() => performance.now());
  const modals = createModalClient(web, log, steady);
  const receiver = new SlackReceiver({
    mode: options.mode,
    fetch,
    apiUrl,
    routes: options.routes,
    deadlineMs: options.answerWithinMs ?? ANSWER_WITHIN_MS,
    fallbacks: createFallbacks(replyEphemerally, log),
    now: options.now,
    jitter: options.jitter ?? (() => 0),
    log,
    onRefused: options.onRequestRefused ?? (() => {}),
    onConnectionClosed: options.onConnectionClosed ?? (() => {}),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const app = new App({
    receiver,
    // With `token`, Bolt calls auth.test and raises an unhandled rejection when Slack is unreachable.
    authorize: async () => ({}),
    // Our own messages are recognised by their `bot_id`, without a call to Slack.
    ignoreSelf: false,
    convoStore: false,
    logger: boltLogger(log),
    clientOptions: { fetch, retryConfig: { retries: 0 }, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) },
  });
  // Errors go to the dispatcher, which knows whether Slack and the person still wait for an answer.
  app.error((fault) => Promise.reject(fault));
  const { precedence = createPrecedence() } = options;
  const questions = createQuestions(breakglass, precedence, steady, options.onQuestionRefused ?? (() => {}));
  const homes = createHomes((user, view) => web.views.publish({ user_id: user, view }), questions.breakglass, log);
  const pictures = createPictures(web, drawnInTurn(options.charts, precedence), log, fetch);
  const handlers = createHandlers(
    { breakglass, modals, home, pictures, questions, precedence },
    { homes, onAccountChanged: options.onAccountChanged ?? (() => {}) },
  );
  const commandFrom = options.commandFrom ?? (() => {});
  registerHandlers(app, handlers, { replyEphemerally, modals, precedence, commandFrom });
  return {
    start: (where, prepare) => receiver.start(where, prepare),
    stop: (deadlineMs) => {
      homes.stop();
      return receiver.stop(deadlineMs);
    },
    changed: () => homes.changed(),
    socket: () => receiver.socket(),
    signingSecretInDoubt: () => receiver.signingSecretInDoubt(),
    handlers,
  };
}
