import type { ProxyConfig } from "../lib/outbound.js";
import { Secret } from "../lib/secret.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies that the environment names, and what is wrong with it: sentences that never repeat a value. */
export interface ReadProxies {
  readonly proxy: ProxyConfig;
  readonly faults: readonly string[];
}

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in small letters first, as curl does. `HTTP_PROXY` alone
 * also serves `https://` addresses, as with Node's own switch. @param given the environment without blank variables
 */
export function readProxies(given: Environment): ReadProxies {
  const faults: string[] = [];
  const read = (names: readonly string[]): Secret | null => {
    const name = names.find((one) => given[one] !== undefined);
    if (name === undefined) return null;
    const found = proxyAddress(given[name] ?? "");
    if ("fault" in found) faults.push(`${name} ${found.fault}`);
    return "address" in found ? new Secret(found.address) : null;
  };
  const http = read(["http_proxy", "HTTP_PROXY"]);
  const all = ["all_proxy", "ALL_PROXY"];
  const https = read(["https_proxy", "HTTPS_PROXY", ...(http === null ? all : [])]) ?? http;
  const except = (given.no_proxy ?? given.NO_PROXY ?? "").split(/[,\s]+/).filter((entry) => entry !== "");
  return { proxy: { https, http, except }, faults: [...new Set(faults)] };
}

function proxyAddress(text: string): { readonly address: string } | { readonly fault: string } {
  const trimmed = text.trim();
  // `proxy.example.com:3128` is how many people and tools write it.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(address)) {
    return {
      fault:
        "is not an address such as http://proxy.example.com:3128. In user and password, write @ as %40, : as %3A, / as %2F, # as %23",
    };
  }
  const { protocol, username, password } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") {
    return { fault: `names a ${protocol}// proxy; only http:// and https:// proxies are supported` };
  }
  if ([username, password].some((part) => !decodes(part))) {
    return { fault: "has a % in its user or password that begins no two hex digits: write it as %25" };
  }
  if (username !== "" && password === "") return { fault: "names a user without a password: write user:password@" };
  return { address };
}

function decodes(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
