import { CAST, INCIDENTS } from "../cast.js";
import type { Move } from "../workspace/clock.js";
import type { MessageShown, Snapshot } from "../workspace/contract.js";
import { objectsAt, textAt } from "./json.js";
import type { Draft, Place } from "./place.js";

/** An action that the guide offers. */
export type Offer =
  | { readonly words: string; readonly write: Draft }
  | { readonly words: string; readonly go: Partial<Place> }
  | { readonly words: string; readonly move: Move };

/** A step for a visitor who has never seen Breakglass. */
export interface Step {
  readonly title: string;
  /** In Slack's markup. */
  readonly says: string;
  readonly offers: readonly Offer[];
  /** Reports whether the step is done, by what has happened since the guide began; `null` for the last step. */
  readonly isDone: ((screen: Snapshot, since: number) => boolean) | null;
}

const hasMessage = (screen: Snapshot, since: number, words: RegExp): boolean =>
  screen.conversations.some(({ messages }) => messages.some((one) => isNew(one, since) && words.test(one.text)));
const isNew = ({ ts }: MessageShown, since: number): boolean => Number(ts) * 1000 >= since;

const asking = (as: string, words: string): Offer => ({ words, go: { as, at: INCIDENTS, thread: null } });
const typing = (text: string, words: string, as: string | null = null): Offer => ({
  words,
  write: { as, channel: INCIDENTS, text },
});

/** The life of one bypass, from the declaration to the reading of its gate. */
export const STEPS: readonly Step[] = [
  {
    title: "Break the glass",
    says: "You are Priya, on call. Login is down, the fix is one line, and the tests take forty minutes. Type `/breakglass` in #incidents and press Enter.",
    offers: [typing("/breakglass", "Type It for Me", CAST.priya)],
    isDone: (screen, since) => screen.modals.length > 0 || hasMessage(screen, since, /requested|asks to bypass/i),
  },
  {
    title: "Say what and why",
    says: "Tick the gate that stands in the way, name the incident and the reason, and press *Break Glass*. It is on record before anybody is told.",
    offers: [typing("/breakglass", "Type /breakglass Again", CAST.priya)],
    isDone: (screen, since) => incidents(screen).some((one) => isNew(one, since) && hasButton(one, "Approve")),
  },
  {
    title: "You cannot let yourself out",
    says: "The leads, Dana and Noor, are asked by direct message. Before they answer, press *Approve* yourself: nobody approves their own bypass.",
    offers: [asking(CAST.priya, "Act as Priya")],
    isDone: (screen, since) => incidents(screen).some((one) => one.onlyYou && isNew(one, since)),
  },
  {
    title: "A second person says yes",
    says: "Become Dana, a lead, and press *Approve*. The gate opens for sixty minutes, and everybody in the channel reads it.",
    offers: [asking(CAST.dana, "Act as Dana")],
    isDone: (screen, since) => hasMessage(screen, since, /Approved by/),
  },
  {
    title: "Sixty minutes and no longer",
    says: "The fix is out. Become Priya again and press *Close*, or move the clock to the end: then the gate closes by itself.",
    offers: [asking(CAST.priya, "Act as Priya"), { words: "To the End of the Grant", move: "end" }],
    isDone: (screen, since) => hasMessage(screen, since, /\b(closed|expired)\b/i),
  },
  {
    title: "Look back without blame",
    says: "Every bypass is reviewed. Become Noor, press *Write Review* under the alert, and say what was learned. If the gate is at fault, name it, and what is to be done about it.",
    offers: [asking(CAST.noor, "Act as Noor")],
    isDone: (screen, since) => hasMessage(screen, since, /\bis submitted\b/),
  },
  {
    title: "How is the gate?",
    says: "Bypasses are counted for each gate, never for a person. Type `/breakglass stats`: the numbers come here, the picture as a direct message.",
    offers: [typing("/breakglass stats", "Type It for Me")],
    isDone: (screen, since) =>
      incidents(screen).some((one) => one.onlyYou && isNew(one, since) && /healthy|warm|sick/.test(one.text)),
  },
  {
    title: "That is the whole loop",
    says: "Try next: move the clock to Tomorrow and read the reminders; rehearse with `/breakglass drill`; look closer with `/breakglass stats e2e-suite`; or become Lee, who holds no role. A gate that is bypassed three times is told as sick.",
    offers: [typing("/breakglass drill", "Type a Drill", CAST.priya), asking(CAST.lee, "Act as Lee")],
    isDone: null,
  },
];

const incidents = (screen: Snapshot): readonly MessageShown[] =>
  screen.conversations.find(({ id }) => id === INCIDENTS)?.messages ?? [];

const hasButton = ({ blocks }: MessageShown, words: string): boolean =>
  blocks.some((block) => objectsAt(block, "elements").some((element) => textAt(element.text, "text") === words));
