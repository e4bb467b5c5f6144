import { readProxies } from "../app/proxies.js";
import { silentLog } from "../lib/logger.js";
import { createOutbound, type Fetch } from "../lib/outbound.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
import type { CommandIo } from "./command.js";

/** The `fetch` of a command, through the proxy of its environment; or what is wrong with that, as a sentence. */
export function wayOut(env: CommandIo["env"]): { readonly fetch: Fetch } | { readonly fault: string } {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== "");
  const { proxy, faults } = readProxies(Object.fromEntries(given));
  if (faults.length > 0) return { fault: `The proxy of the environment cannot be used: ${faults.join("; ")}.` };
  return { fetch: createOutbound(proxy, silentLog, hintOf).fetch };
}
