import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { createDamped } from "../../lib/damped.js";
import type { Log } from "../../usecases/ports/ports.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";
import { TOKEN_REFUSED } from "../health/refusal-codes.js";

/** Whether Slack reaches the bot over Socket Mode. */
export interface SocketState {
  readonly connected: boolean;
  /** Why it does not, or only for moments: Slack's code, `unreachable`, `rate_limited` or `closes_at_once`. */
  readonly trouble: string | null;
}

/** Slack will refuse the connection again, until somebody acts. */
const REFUSED = "slack.socket_refused";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A connection that lasted this long was of use, so the next one is opened at once. */
const USEFUL_MS = 10_000;

/** Slack's codes of `apps.connections.open` that stay until somebody changes the app or its token. */
const FINAL: ReadonlySet<string> = new Set([...TOKEN_REFUSED, "missing_scope", "forbidden_team", "restricted_app"]);

/** Decides how long to wait before the next connection, and logs each kind of trouble without filling the log. */
export interface SocketHealth {
  state(): SocketState;
  /** Slack said hello. */
  opened(): void;
  /** Slack delivered a request, so the connection works. */
  delivered(): void;
  /** The connection ended. @returns milliseconds to wait before the next one */
  ended(): number;
  /** No connection came up. @returns milliseconds to wait before the next attempt */
  failed(fault: unknown): number;
}

/**
 * @param now milliseconds since 1970
 * @param jitter a number in [0, 1) that spreads the reconnects of several instances
 */
export function createSocketHealth(log: Log, now: () => number, jitter: () => number): SocketHealth {
  let connectedAt: number | null = null;
  let trouble: string | null = null;
  let pause = FIRST_PAUSE_MS;
  let attempts = 0;
  const damped = createDamped((event, fields) => log[event === REFUSED ? "error" : "warn"](event, fields));

  const isUseful = (): boolean => connectedAt !== null && now() - connectedAt >= USEFUL_MS;

  const recover = (): void => {
    if (trouble !== null) log.info("slack.socket_recovered", { trouble, attempts });
    trouble = null;
    damped.forget();
    attempts = 0;
  };

  /** Between half and all of the pause, which then doubles. */
  const nextPause = (least = 0): number => {
    const waits = Math.max(least, Math.round(pause * (0.5 + jitter() / 2)));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    return waits;
  };

  const note = (code: string, retryInMs: number): number => {
    trouble = code;
    attempts += 1;
    const event = FINAL.has(code) ? REFUSED : "slack.socket_unreachable";
    damped.write(code, event, { code, retryInMs, attempts, hint: hintOf("slack_socket") });
    return retryInMs;
  };

  return {
    state: () => {
      if (isUseful()) recover();
      return { connected: connectedAt !== null, trouble };
    },
    opened: () => {
      connectedAt = now();
      if (trouble === null) log.info("slack.socket_connected");
    },
    delivered: recover,
    ended: () => {
      const wasUseful = isUseful();
      connectedAt = null;
      if (!wasUseful) return note("closes_at_once", nextPause());
      recover();
      pause = FIRST_PAUSE_MS;
      log.info("slack.socket_ended");
      return 0;
    },
    failed: (fault) => {
      connectedAt = null;
      if (fault instanceof WebAPIRateLimitedError) return note("rate_limited", nextPause(fault.retryAfter * 1000));
      return note(codeOf(fault), nextPause());
    },
  };
}

/** Slack's code, as far as it is one: a proxy's answer can stand in its place. */
function codeOf(fault: unknown): string {
  const code = fault instanceof WebAPIPlatformError ? fault.data.error : "";
  return /^[a-z][a-z0-9_]{0,79}$/.test(code) ? code : "unreachable";
}
