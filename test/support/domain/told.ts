import type { Effect } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import type { Line } from "./lines.js";
import { numbered } from "./scenario.js";

/** Describes an effect in one line: what, to whom, about which entry. */
export function told(effect: Effect): string {
  switch (effect.kind) {
    case "alert.post":
      return effect.again === undefined ? "alert" : `alert again ${effect.again}`;
    case "thread.post":
      return `thread ${effect.about} ${effect.version}${effect.broadcast ? " broadcast" : ""}`;
    case "dm.post":
      return `dm ${effect.to} ${effect.about} ${effect.version}${effect.step === null ? "" : ` step ${effect.step}`}`;
    case "message.update":
      return `update ${effect.message} ${effect.version}`;
    case "rerender":
      return `rerender ${effect.version}`;
    case "page":
      return `${effect.purpose} ${effect.role} ${effect.step ?? "-"}`;
    case "notify":
      return `notify ${effect.pager} ${effect.action} ${effect.step ?? "-"}`;
    case "reminder":
      return `reminder ${effect.role ?? effect.user} ${effect.slot}`;
    case "overdue":
      return `overdue ${effect.channel} ${effect.slot}`;
    case "readings":
      return "readings";
    default:
      return JSON.stringify(effect);
  }
}

/** The effects of the entries `fresh` after `history`, one line each. */
export function effects(history: readonly Line[], ...fresh: readonly Line[]): readonly string[] {
  return effectsOf(fold(numbered(history)), numbered(fresh, history.length + 1)).map(told);
}
