import { type Logger, LogLevel, type WebClient, WebClientEvent, type WebClientOptions } from "@slack/web-api";
import type { Fetch } from "../../lib/outbound.js";
import { type ReportCall, ReportingClient } from "../health/reporting-client.js";
import { METHOD_SCOPES } from "../manifest.js";
import type { AroundCall } from "../pacing/pace.js";
import { requireClaim } from "./only-while-claimed.js";

export interface WebClientSettings {
  readonly token: string;
  /** Base URL such as `http://127.0.0.1:4991/api/`. Default: Slack's. */
  readonly apiUrl?: string;
  /** Timeout of a call, in milliseconds. A post that takes longer counts as ambiguous. */
  readonly timeoutMs: number;
  /** Called when Slack refuses a call with 429; `method` is a key of {@link METHOD_SCOPES}, or `other`. */
  readonly onRateLimited?: (method: string) => void;
  /** Hears of every answer of Slack. */
  readonly report?: ReportCall;
  /** Runs around every call; see `createPace`. Default: calls are made as they come. */
  readonly around?: AroundCall;
  /** Default: the standard one, which knows no proxy. */
  readonly fetch?: Fetch;
}

/**
 * A client that tries each call once and reports a rate limit at once. Retries of its own would post a message twice when
 * an answer is lost; the outbox retries instead, and first looks for the message.
 */
export function createWebClient({
  token,
  apiUrl,
  timeoutMs,
  fetch = globalThis.fetch,
  around = (_call, make) => make(),
  report = () => {},
  onRateLimited,
}: WebClientSettings): WebClient {
  const options: WebClientOptions = {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    // As late as possible: a call waits for its turn, and this process may be suspended meanwhile.
    fetch: async (url: Parameters<Fetch>[0], init?: Parameters<Fetch>[1]) => {
      requireClaim();
      return fetch(url, init);
    },
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    logger: silent(),
  };
  const client = new WrappedClient({ around, report }, token, options);
  if (onRateLimited !== undefined)
    client.on(WebClientEvent.RATE_LIMITED, (_seconds: number, { url }: { readonly url: string }) =>
      onRateLimited(methodOf(url)),
    );
  return client;
}

/** The method of a call, as one of a closed list: it becomes a label of a metric. */
function methodOf(url: string): string {
  const name = url.slice(url.lastIndexOf("/") + 1);
  return Object.hasOwn(METHOD_SCOPES, name) ? name : "other";
}

/** A client whose every call goes through `around`: all of its methods make theirs by `apiCall`. */
class WrappedClient extends ReportingClient {
  readonly #around: AroundCall;

  constructor(
    { around, report }: Required<Pick<WebClientSettings, "around" | "report">>,
    ...settings: ConstructorParameters<typeof WebClient>
  ) {
    super(report, ...settings);
    this.#around = around;
  }

  override apiCall(method: string, options: Record<string, unknown> = {}): ReturnType<WebClient["apiCall"]> {
    const channel = typeof options.channel === "string" ? options.channel : null;
    return this.#around({ method, channel }, () => super.apiCall(method, options));
  }
}

/** Discards the client's log lines: they contain request bodies, which hold people's texts. Failures are thrown. */
function silent(): Logger {
  const nothing = (): void => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}
