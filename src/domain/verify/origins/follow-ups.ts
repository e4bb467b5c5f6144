import type { OfficeHours } from "../../calendar/office-hours.js";
import type { OpenedBody } from "../../events/body.js";
import type { StoredEntry } from "../stored.js";
import type { AskedFollowUp } from "./asked.js";
import { contentDifferences } from "./content.js";

/** Compares what follows an act, by the same command, with what the request of that act asks for. */
export interface FollowUps {
  /** An act whose request is known asks for these entries after it. */
  expect(seq: number, asked: readonly AskedFollowUp[]): void;
  /** Takes an entry that follows the act. */
  entry(stored: StoredEntry, opened: OpenedBody, hours: readonly OfficeHours[]): void;
  /** Nothing follows any more. Without a call of `expect` after it, nothing is known of what follows. */
  finish(): void;
}

/** Events that follow by rules of their own, whatever the request says. */
const OF_ITSELF: ReadonlySet<OpenedBody["event"]["type"]> = new Set<OpenedBody["event"]["type"]>(["bypass.activated"]);

/** Creates the comparison; `wrong` takes each fault as the rest of "Entry 12: …". */
export function createFollowUps(wrong: (seq: number, what: string) => void): FollowUps {
  let owed: { readonly seq: number; readonly left: readonly AskedFollowUp[] } | null = null;

  return {
    expect: (seq, left) => {
      owed = { seq, left };
    },
    entry: ({ seq, texts }, { event }, hours) => {
      if (owed === null || OF_ITSELF.has(event.type)) return;
      const [asked, ...left] = owed.left;
      owed = { seq: owed.seq, left };
      const its = "the request of the act that it follows";
      if (asked?.type !== event.type) return wrong(seq, `${its} asks for nothing of that kind`);
      for (const what of contentDifferences(asked, { event, texts }, hours)) wrong(seq, `${its} ${what}`);
    },
    finish: () => {
      for (const { type } of owed?.left ?? []) wrong(owed?.seq ?? 0, `its request asks for one more ${type}`);
      owed = null;
    },
  };
}
