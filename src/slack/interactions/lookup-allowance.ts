import { createPlaces, NoPlace } from "../../lib/concurrency-limit.js";
import type { Precedence } from "../../lib/precedence.js";
import { type Allowance, createTokenBuckets } from "../../lib/token-buckets.js";
import type { Breakglass } from "../../usecases/api.js";
import type { Reply } from "./replies.js";

/**
 * What people may ask without changing anything, and how often one person may. Whoever reads the answers does not notice;
 * somebody who asks in a loop does. docs/operating/strangers.md tells the numbers, and a test compares them. What an emergency needs has
 * no such limit: buttons, `close`, `log`; forms have a share of their own (modal-client.ts). The App Home is drawn at most once in three seconds (home.ts).
 */
export const QUESTIONS = {
  status: { inARow: 20, everyMs: 2_000 },
  show: { inARow: 20, everyMs: 2_000 },
  reviews: { inARow: 20, everyMs: 2_000 },
  help: { inARow: 20, everyMs: 2_000 },
  /** With a picture, which takes a tenth of a second of the one event loop. */
  stats: { inARow: 5, everyMs: 15_000 },
} as const satisfies Readonly<Record<string, Allowance>>;
export type Question = keyof typeof QUESTIONS;

/** Questions of all people together: less than half of the database's connections, so that a declaration always finds one. */
export const READS = { atOnce: 4, waiting: 200 } as const;

/** How long a read waits for what people do and what is delivered, in milliseconds. */
const YIELD_MS = 500;

/** Why a question was not answered; the values of a metric's label. */
export type NotAnsweredBecause = "too_often" | "busy";

/** Answers questions, in their turn and within what one person may ask. */
export interface Questions {
  /** The use cases as questions use them: reads take turns, and throw {@link NoPlace} when too many wait. */
  readonly breakglass: Breakglass;
  /** Runs `answer`, or tells the person when to ask again. */
  ask(question: Question, user: string, reply: Reply, answer: () => Promise<void>): Promise<void>;
}

const LATE = "This takes longer than usual. You are told here as soon as it is known; nothing is changed by looking.";
const BUSY =
  "Not looked up: very many people are asking right now. Ask again in a few seconds. Requests, approvals and all buttons go first and work as always.";

/** @param clock milliseconds that are never set back */
export function createQuestions(
  breakglass: Breakglass,
  precedence: Precedence,
  clock: () => number,
  onRefused: (question: Question, why: NotAnsweredBecause) => void,
): Questions {
  const take = createTokenBuckets(clock);
  return {
    breakglass: inTurns(breakglass, precedence),
    ask: async (question, user, reply, answer) => {
      const waitMs = take(`${question} ${user}`, QUESTIONS[question]);
      if (waitMs > 0) {
        onRefused(question, "too_often");
        return reply.tell({ text: tooOften(waitMs) });
      }
      reply.ifLate(LATE);
      try {
        await answer();
      } catch (fault) {
        if (!(fault instanceof NoPlace)) throw fault;
        onRefused(question, "busy");
        await reply.tell({ text: BUSY });
      }
    },
  };
}

function tooOften(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1000);
  return `Not looked up: you have asked this many times in a row. Ask again in ${seconds} second${seconds === 1 ? "" : "s"}. Requests, approvals and all buttons work as always.`;
}

function inTurns(breakglass: Breakglass, precedence: Precedence): Breakglass {
  const places = createPlaces(READS);
  const run = <T>(read: () => Promise<T>): Promise<T> =>
    places.run(async () => {
      await precedence.quiet(YIELD_MS);
      return read();
    });
  return {
    ...breakglass,
    status: (who) => run(() => breakglass.status(who)),
    reviews: (who) => run(() => breakglass.reviews(who)),
    show: (who, ref) => run(() => breakglass.show(who, ref)),
    readings: (who) => run(() => breakglass.readings(who)),
    gate: (who, gate) => run(() => breakglass.gate(who, gate)),
    home: (who) => run(() => breakglass.home(who)),
  };
}
