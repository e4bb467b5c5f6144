import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { causesOf, codeOf, isOfCertificate } from "./causes.js";
import type { Secret } from "./secret.js";

/** The part of the standard `fetch` that is used, which the one of undici has in common with it. */
export type Fetch = (url: string | URL, init?: FetchInit) => Promise<FetchResponse>;

interface FetchInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Forms are in the type for Slack's client only, which sends none: a proxied call refuses them. */
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  readonly redirect?: "error" | "follow" | "manual";
  readonly signal?: AbortSignal;
}

interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null; entries(): Iterable<[string, string]> };
  readonly body: {
    cancel(): Promise<void>;
    getReader(): {
      cancel(): Promise<void>;
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    };
  } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

/** The HTTP proxies of the environment. Their addresses may hold a password. */
export interface ProxyConfig {
  /** For `https://` and `wss://` addresses, which is all that Breakglass calls outside of tests. */
  readonly https: Secret | null;
  /** For `http://` and `ws://` addresses. */
  readonly http: Secret | null;
  /** The entries of `NO_PROXY`: names and addresses, each with its subdomains and, if given, one port; `*` is all. */
  readonly except: readonly string[];
}

/** A kind of {@link Obstacle} with its hosts. */
type ObstacleEntry = `${Obstacle["kind"]}: ${string}`;

/** The way out of this process over HTTP and WebSockets. */
export interface Outbound {
  /** Rejects as the standard one does; the cause has the code `PROXY_REFUSED` when the proxy opened no tunnel. */
  readonly fetch: Fetch;
  /** For Socket Mode; `null` without a proxy, because the client's own also ends connections that stall. */
  readonly dispatcher: EnvHttpProxyAgent | null;
  /** What keeps calls from getting out, as entries for `/readyz`, such as `proxy: slack.com`. */
  trouble(): readonly ObstacleEntry[];
}

/** Receives what keeps calls from getting out, and says what to do about it. */
interface OutboundLog {
  readonly warn: (event: string, fields?: Record<string, unknown>) => void;
  readonly info: (event: string, fields?: Record<string, unknown>) => void;
}

/** What an operator does about each kind of obstacle, for the log. */
type HintOf = (kind: Obstacle["kind"]) => string;

/** Never behind the proxy: a Slack double, or a pager's, on this machine. Go's and curl's clients do the same. */
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Honours the proxies on every supported Node, whose own switch knows neither Node 20 nor WebSockets. Without a proxy the
 * standard `fetch` is used. The log names, once per host, what keeps calls from getting out, and when they do again.
 */
export function createOutbound(config: ProxyConfig, log: OutboundLog, hintOf: HintOf): Outbound {
  const proxies = [config.https, config.http].flatMap((secret) => (secret === null ? [] : [new URL(secret.reveal())]));
  const dispatcher = proxies.length === 0 ? null : agentOf(config);
  const send: Fetch = dispatcher === null ? fetch : throughProxy(dispatcher);
  if (dispatcher !== null) {
    log.info("outbound.proxy", { proxies: [...new Set(proxies.map(({ host }) => host))], except: config.except });
  }
  const failing = new Map<string, Obstacle>();
  return {
    dispatcher,
    trouble: () =>
      (["proxy", "certificate"] as const).flatMap((kind) => {
        const hosts = [...failing].flatMap(([host, obstacle]) => (obstacle.kind === kind ? [host] : []));
        return hosts.length === 0 ? [] : [`${kind}: ${hosts.sort().join(" ")}` as const];
      }),
    fetch: async (url, init) => {
      const { host } = new URL(url);
      try {
        const response = await send(url, init);
        if (failing.delete(host)) log.info("outbound.recovered", { host });
        return response;
      } catch (fault) {
        const obstacle = obstacleOf(fault, proxies);
        if (obstacle === null) throw fault;
        if (failing.get(host)?.code !== obstacle.code) {
          log.warn("outbound.failed", { host, code: obstacle.code, hint: hintOf(obstacle.kind) });
        }
        failing.set(host, obstacle);
        throw obstacle.tunnelRefused ? refusedByProxy(obstacle.code) : fault;
      }
    },
  };
}

function agentOf({ https, http, except }: ProxyConfig): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({
    // An empty string stands for "none"; left out, the agent would read the environment itself.
    httpsProxy: https?.reveal() ?? "",
    httpProxy: http?.reveal() ?? "",
    noProxy: except.includes("*") ? "*" : [...except, ...THIS_MACHINE].join(","),
  });
}

function throughProxy(dispatcher: EnvHttpProxyAgent): Fetch {
  return async (url, { body, ...init } = {}) => {
    // The package's fetch does not recognise the forms of Node's own, and would send the words "[object FormData]".
    if (body instanceof FormData) throw new TypeError("A form cannot be sent through the proxy.");
    return undiciFetch(url, { ...init, ...(body === undefined ? {} : { body }), dispatcher });
  };
}

/** Why a call did not get out. `code` is Node's, or `proxy_407` and the like. */
interface Obstacle {
  readonly kind: "proxy" | "certificate";
  readonly code: string;
  readonly tunnelRefused: boolean;
}

const TUNNEL_REFUSED = /^Proxy response \((\d{3})\)/;

function obstacleOf(fault: unknown, proxies: readonly URL[]): Obstacle | null {
  for (const cause of causesOf(fault)) {
    const status = TUNNEL_REFUSED.exec(cause.message)?.[1];
    if (status !== undefined) return { kind: "proxy", code: `proxy_${status}`, tunnelRefused: true };
    const code = codeOf(cause);
    if (code === null) continue;
    if (isOfCertificate(code)) return { kind: "certificate", code, tunnelRefused: false };
    if (proxies.some((proxy) => concerns(cause, proxy))) return { kind: "proxy", code, tunnelRefused: false };
  }
  return null;
}

/** Whether a failed look-up, which has a host name, or a failed connection, which has a port, was the one to the proxy. */
function concerns(cause: Error, proxy: URL): boolean {
  const hostname: unknown = Reflect.get(cause, "hostname");
  if (typeof hostname === "string") return hostname === proxy.hostname;
  return Reflect.get(cause, "port") === Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80));
}

/** The code tells callers that nothing was sent, which undici's own code for it does not. */
function refusedByProxy(code: string): TypeError {
  const cause = Object.assign(new Error(`The proxy opened no tunnel (${code}).`), { code: "PROXY_REFUSED" });
  return new TypeError("fetch failed", { cause });
}
