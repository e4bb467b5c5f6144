import { readProxies } from "../app/proxies.js";
import { FaultyConfiguration } from "../lib/errors.js";
import { silentLog } from "../lib/logger.js";
import { createOutbound, type Fetch } from "../lib/outbound.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
import type { CommandIo } from "./command.js";

/**
 * The `fetch` of a command, through the proxy of its environment.
 * @throws FaultyConfiguration when that names a proxy that is none
 */
export function wayOut(env: CommandIo["env"]): Fetch {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const { proxy, faults } = readProxies(given);
  if (faults.length > 0) throw new FaultyConfiguration("The proxy of the environment cannot be used.", faults);
  return createOutbound(proxy, silentLog, hintOf).fetch;
}
