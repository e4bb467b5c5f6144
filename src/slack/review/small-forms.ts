import { z } from "zod";
import type { Bypass } from "../../domain/bypass/state.js";
import { bypassName, reviewName } from "../../domain/events/names.js";
import type { ReviewAction } from "../../usecases/api.js";
import type { CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import { BUTTONS, parseActionValue, parseBypassValue } from "../actions.js";
import { forAction, refusalSentence, UNREADABLE_BUTTON } from "../bypass/act.js";
import { type Filled, type FormWords, type SmallForm, smallForm } from "../forms/small-form.js";
import { CARRIED_BYPASS, jsonMetadata } from "../forms/values.js";
import type { BlockActionHandler, HandlerContext } from "../interactions/register.js";
import { refusalText } from "../refusals.js";

/** What a form is about: a review or one of its actions. */
interface Subject {
  readonly about: CarriedBypass;
  /** The number of the action; 0 for the review itself. */
  readonly which: number;
}

interface ReviewSmallForm {
  readonly name: "addView" | "putOffReview" | "putOffAction" | "dropAction";
  readonly action: Exclude<ReviewAction["type"], "submit_review">;
  readonly words: FormWords;
  /** Text above the inputs; `review` is its name. */
  readonly lead: (review: string) => string;
  readonly command: (filled: Filled, which: number) => ReviewAction;
}

const metadata = jsonMetadata<Subject>(z.strictObject({ about: CARRIED_BYPASS, which: z.int().min(0).max(1_000) }));

/** A form about a review or one of its actions. */
function reviewForm({ name, action, words, lead, command }: ReviewSmallForm): SmallForm {
  return smallForm<Subject>({
    name,
    words,
    lead: ({ about }) => lead(reviewName(about.n)),
    metadata,
    unreadable: {
      button: UNREADABLE_BUTTON,
      view: "That form could not be read, and nothing was done. Press the button again.",
    },
    prepare: ({ breakglass }, { user, value }) => {
      const about = BUTTONS[name].carries === "action" ? parseActionValue(value) : parseBypassValue(value);
      if (about === null) return null;
      const result = breakglass.show({ user }, about).then(async (shown) => {
        const record = shown.ok ? shown.seen.record : null;
        const which = record === null ? 0 : actionOf(record.state, about);
        const opened = await breakglass.openReview({ user }, about, action, which);
        if (opened.ok) return { subject: { about, which }, days: opened.review.days };
        return { refused: refusalSentence(breakglass, about.n, action, { refusal: opened.refusal, record }) };
      });
      return { title: words.title, result };
    },
    perform: async ({ breakglass }, { about, which }, filled, by) => {
      const { n } = about;
      const typed = { ...command(filled, which), confirmed: filled.confirmed };
      const answer = await breakglass.review(by, about, typed, by.commandId);
      if (answer.ok) {
        return { ok: true, note: `It is recorded after all; \`/breakglass show ${bypassName(n)}\` tells it.` };
      }
      const { refusal, record } = answer;
      const attempt = { tried: action, n, refusal, record, inForce: breakglass.inForce() } as const;
      return { ok: false, refusal, say: (style) => refusalText({ ...attempt, style }) };
    },
  });
}

/** The number of the action that was opened by the entry that is named; 0 when there is none. */
function actionOf(state: Bypass, { at }: CarriedBypass): number {
  return state.review?.actions.find((action) => action.version === at)?.action ?? 0;
}

const REASON = { label: "Reason", hint: "One sentence; it goes on record with your name." } as const;

/** The requester adds their own view of the event. */
export const ADD_VIEW = reviewForm({
  name: "addView",
  action: "add_view",
  words: {
    title: "Add My View",
    submit: "Add",
    label: "My View",
    hint: "About the event and the gates, never about a person.",
  },
  lead: (review) =>
    `Tell how you saw it. Somebody else writes *${review}*; your view stands in the thread and in the trail.`,
  command: ({ text }) => ({ type: "add_view", line: text }),
});

export const PUT_OFF_REVIEW = reviewForm({
  name: "putOffReview",
  action: "put_off_review",
  words: { title: "Put Off Review", submit: "Put Off", ...REASON },
  lead: (review) => `Nobody is reminded of *${review}* until that day; the thread of its bypass is told.`,
  command: ({ text, day }) => ({ type: "put_off_review", until: day, reason: text }),
});

export const PUT_OFF_ACTION = reviewForm({
  name: "putOffAction",
  action: "put_off_action",
  words: { title: "Put Off Action", submit: "Put Off", ...REASON },
  lead: (review) =>
    `Nobody is reminded of this action from *${review}* until that day; the thread of its bypass is told.`,
  command: ({ text, day }, which) => ({ type: "put_off_action", action: which, until: day, reason: text }),
});

export const DROP_ACTION = reviewForm({
  name: "dropAction",
  action: "end_action",
  words: { title: "Drop Action", submit: "Drop", ...REASON },
  lead: (review) => `This action from *${review}* will not be done.`,
  command: ({ text }, which) => ({ type: "end_action", action: which, outcome: "dropped", reason: text }),
});

/** The Done button: ends an action at once, without a form. */
export function endAction({ breakglass }: HandlerContext): BlockActionHandler {
  return forAction(async (about, click, reply) => {
    const { n } = about;
    const shown = await breakglass.show({ user: click.user }, about);
    const action = shown.ok ? actionOf(shown.seen.record.state, about) : 0;
    const done = { type: "end_action", action, outcome: "done", reason: "" } as const;
    const answer = await breakglass.review(click, about, done, click.commandId);
    if (!answer.ok) return reply.tell({ text: refusalSentence(breakglass, n, "end_action", answer) });
    if (!click.onEphemeral) return reply.done();
    await reply.tell({ text: `Done: the action of ${bypassName(n)} is over.` });
  });
}
