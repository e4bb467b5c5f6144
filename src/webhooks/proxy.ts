import type { ProxyConfig } from "../lib/outbound.js";
import type { Secret } from "../lib/secret.js";

/**
 * The proxy for a URL; `null` where there is none, or where `NO_PROXY` names its host. Deliveries do not leave the choice to
 * the HTTP client: what it took for an exception would be reached without a checked address.
 */
export function proxyFor(
  { https, http, except }: ProxyConfig,
  { hostname, protocol, port }: { readonly hostname: string; readonly protocol: string; readonly port: string },
): Secret | null {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const at = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const isLocal = host === "localhost" || host === "::1" || /^127\./.test(host);
  return isLocal || except.some((entry) => isException(entry, host, at)) ? null : protocol === "https:" ? https : http;
}

function isException(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, name = "", ofPort] = /^\[?([^\]]*?)\]?(?::(\d{1,5}))?$/.exec(entry.toLowerCase()) ?? [];
  const bare = name.replace(/^\*?\./, "");
  return bare !== "" && (host === bare || host.endsWith(`.${bare}`)) && (ofPort === undefined || ofPort === port);
}
