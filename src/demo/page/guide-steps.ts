import type { Move } from "../workspace/clock.js";
import type { MessageShown, Snapshot } from "../workspace/contract.js";
import { objectsAt, textAt } from "./json.js";
import type { Place } from "./place.js";

/** Something that the guide offers to do. */
export type Offer =
  | { readonly words: string; readonly write: string }
  | { readonly words: string; readonly go: Partial<Place> }
  | { readonly words: string; readonly move: Move };

export interface Step {
  readonly title: string;
  readonly says: string;
  readonly offers: readonly Offer[];
  /** What shows that it is done; only what came since the guide began counts. `null`: the end. */
  readonly isDone: ((screen: Snapshot, since: number) => boolean) | null;
}

const INCIDENTS = "C0INCIDENTS";
const [PRIYA, DANA, NOOR] = ["U0PRIYA", "U0DANA", "U0NOOR"];

const told = (screen: Snapshot, since: number, words: RegExp): boolean =>
  screen.conversations.some(({ messages }) => messages.some((one) => isNew(one, since) && words.test(one.text)));
const isNew = ({ ts }: MessageShown, since: number): boolean => Number(ts) * 1000 >= since;

const asking = (as: string, words: string): Offer => ({ words, go: { as, at: INCIDENTS, thread: null } });

/** The life of one bypass, from the declaration to what it says of the gate. */
export const STEPS: readonly Step[] = [
  {
    title: "Break the glass",
    says: "Production login is down, the fix is one line, and the test suite takes forty minutes. You are Priya, on call. Type /breakglass in #incidents and press Enter.",
    offers: [asking(PRIYA, "Act as Priya"), { words: "Type It for Me", write: "/breakglass" }],
    isDone: (screen, since) => screen.modals.length > 0 || told(screen, since, /requested|asks to bypass/i),
  },
  {
    title: "Say what and why",
    says: "Choose the gate, name the incident and the reason, and press Break Glass. It is recorded before anybody is told.",
    offers: [],
    isDone: (screen, since) => incidents(screen).some((one) => isNew(one, since) && hasButton(one, "Approve")),
  },
  {
    title: "You cannot let yourself out",
    says: "The two leads are paged by direct message. Before they look, press Approve yourself: nobody approves their own bypass.",
    offers: [],
    isDone: (screen, since) => incidents(screen).some((one) => one.onlyYou && isNew(one, since)),
  },
  {
    title: "A second person",
    says: "Become Dana, a lead. Press Approve, in the channel or in her direct message: the gate opens for sixty minutes, and everybody hears it.",
    offers: [asking(DANA, "Act as Dana")],
    isDone: (screen, since) => told(screen, since, /Approved by/),
  },
  {
    title: "Sixty minutes and no longer",
    says: "The fix is out. Become Priya again and press Close, or move the clock to the end and see the grant expire by itself.",
    offers: [asking(PRIYA, "Act as Priya"), { words: "To the End of the Grant", move: "end" }],
    isDone: (screen, since) => told(screen, since, /\b(closed|expired)\b/i),
  },
  {
    title: "Look back without blame",
    says: "A review has been open since the declaration. Dana approved, so Noor writes it: press Write Review under the alert. Choose “gate at fault”, if you think so.",
    offers: [asking(NOOR, "Act as Noor")],
    isDone: (screen, since) => told(screen, since, /\bis (written|submitted)\b|review.*(submitted|written)/i),
  },
  {
    title: "How is the gate?",
    says: "Every bypass counts in its gate's reading, and no person's. Type /breakglass stats: the numbers come here, the picture by direct message.",
    offers: [{ words: "Type It for Me", write: "/breakglass stats" }],
    isDone: (screen, since) => told(screen, since, /healthy|warm|sick/i),
  },
  {
    title: "That is the whole loop",
    says: "Bypass the same gate again and again, and it is reported as sick: fix the gate. Move the clock to tomorrow to see reminders, open Breakglass for its Home, or try to approve as Lee or Gale.",
    offers: [],
    isDone: null,
  },
];

const incidents = (screen: Snapshot): readonly MessageShown[] =>
  screen.conversations.find(({ id }) => id === INCIDENTS)?.messages ?? [];

const hasButton = ({ blocks }: MessageShown, words: string): boolean =>
  blocks.some((block) => objectsAt(block, "elements").some((element) => textAt(element.text, "text") === words));
