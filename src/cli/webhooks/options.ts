import { parseArgs } from "node:util";
import { readBypassName } from "../../domain/events/names.js";
import type { ReplayRange } from "../../usecases/ports/ports.js";

/** What both commands take. */
export interface ListOptions {
  /** The database; `undefined`: that of the environment. */
  readonly url: string | undefined;
  /** The policy file; `undefined`: that of the environment. */
  readonly policy: string | undefined;
  readonly json: boolean;
}

export interface ReplayOptions extends ListOptions {
  /** Only this webhook; `undefined`: all of the policy. */
  readonly name: string | undefined;
  readonly range: ReplayRange;
}

const COMMON = {
  url: { type: "string" },
  policy: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** Reads the arguments of `list`; a sentence for wrong ones. */
export function readListOptions(args: readonly string[]): ListOptions | string {
  try {
    const { url, policy, json } = parseArgs({ args: [...args], options: COMMON }).values;
    return { url, policy, json };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

/** Reads the arguments of `replay`; a sentence for wrong ones. */
export function readReplayOptions(args: readonly string[]): ReplayOptions | string {
  try {
    const own = { since: { type: "string" }, bypass: { type: "string" }, name: { type: "string" } } as const;
    const { since, bypass, ...rest } = parseArgs({ args: [...args], options: { ...COMMON, ...own } }).values;
    if (since === undefined && bypass === undefined) return "say what to send again: --since SEQ or --bypass BG-n";
    if (since !== undefined && !/^[1-9]\d{0,14}$/.test(since))
      return `expected a position of the trail after --since, found ${JSON.stringify(since)}`;
    const n = bypass === undefined ? null : readBypassName(bypass);
    if (bypass !== undefined && n === null)
      return `expected a bypass such as BG-42 after --bypass, found ${JSON.stringify(bypass)}`;
    const { url, policy, json, name } = rest;
    return { url, policy, json, name, range: { since: Number(since ?? 1), n } };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}
