import { ALONE_WORDS } from "../../domain/bypass/decide/proceed-alone.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { bypassName } from "../../domain/events/names.js";
import type { Action } from "../../usecases/api.js";
import type { CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import { type FormName, parseBypassValue } from "../actions.js";
import { LIMITS } from "../block-kit/limits.js";
import { type FormWords, type SmallForm, smallForm } from "../forms/small-form.js";
import { CARRIED_BYPASS, jsonMetadata } from "../forms/values.js";
import { refusalText } from "../refusals.js";
import { refusalSentence, refusalSentenceWithRecord, UNREADABLE_BUTTON } from "./act.js";

interface BypassForm {
  readonly name: FormName;
  readonly action: "deny" | "revoke" | "proceed_alone";
  readonly words: FormWords;
  /** Text above the input; `name` is that of the bypass. */
  readonly lead: (name: string) => string;
  readonly command: (text: string) => Action;
}

const metadata = jsonMetadata(CARRIED_BYPASS);

/** A form about one bypass. */
function bypassForm({ name, action, words, lead, command }: BypassForm): SmallForm {
  const titleOf = (n: number): string => {
    const full = `${words.title} ${bypassName(n)}`;
    return full.length <= LIMITS.viewTitle ? full : words.title;
  };
  return smallForm<CarriedBypass>({
    name,
    words,
    titleOf: ({ n }) => titleOf(n),
    lead: ({ n }) => lead(bypassName(n)),
    metadata,
    unreadable: {
      button: UNREADABLE_BUTTON,
      view: "That form could not be read, and nothing was done. `/breakglass status` shows what is open.",
    },
    prepare: ({ breakglass }, { user, value }) => {
      const ref = parseBypassValue(value);
      if (ref === null) return null;
      const result = breakglass.canPerform({ user }, ref, action).then(async (refusal) => {
        if (refusal === null) return { subject: ref };
        return { refused: await refusalSentenceWithRecord(breakglass, user, ref, action, refusal) };
      });
      return { title: titleOf(ref.n), result };
    },
    perform: async ({ breakglass }, ref, { text, confirmed }, by) => {
      const { n } = ref;
      const answer = await breakglass.act(by, ref, { ...command(text), confirmed }, by.commandId);
      if (answer.ok && isLateNo(answer.record.state, by.user)) return { ok: true, note: LATE_NO(n), tell: LATE_NO(n) };
      if (answer.ok) return { ok: true, note: `It is recorded after all; the message of ${bypassName(n)} shows it.` };
      const { refusal, record } = answer;
      return {
        ok: false,
        refusal,
        say: (style) =>
          style === "mrkdwn"
            ? refusalSentence(breakglass, n, action, answer)
            : refusalText({ tried: action, n, refusal, record, inForce: breakglass.inForce(), style }),
      };
    },
  });
}

/** Whether this person's no came too late to settle or end the bypass, and was recorded all the same. */
const isLateNo = ({ rejectedLate }: Bypass, user: string): boolean => rejectedLate?.by.user === user;

const LATE_NO = (n: number): string =>
  `${bypassName(n)} had ended before you sent this, so nothing was left to stop. *Your no is on record all the same*, and its thread tells it: it counts like every other when somebody wants to go alone.`;

const REASON = {
  label: "Reason",
  hint: "The requester and everyone who was asked will read it, and it goes on record.",
} as const;

/** Deny asks for a reason, because the requester has to act on it. */
export const DENY = bypassForm({
  name: "deny",
  action: "deny",
  words: { title: "Deny", submit: "Deny", ...REASON },
  lead: (name) => `${name} will be denied for good, and its gates stay closed. What should the requester do instead?`,
  command: (reason) => ({ type: "deny", reason }),
});

/** Revoke ends an active bypass early and asks for a reason. */
export const REVOKE = bypassForm({
  name: "revoke",
  action: "revoke",
  words: { title: "Revoke", submit: "Revoke", ...REASON },
  lead: (name) => `${name} will end at once, and its gates close again. Why?`,
  command: (reason) => ({ type: "revoke", reason }),
});

/** Proceed Alone asks the person to type a phrase, so that nobody does it by accident. */
export const PROCEED_ALONE = bypassForm({
  name: "proceedAlone",
  action: "proceed_alone",
  words: {
    title: "Proceed Alone",
    submit: "Proceed Alone",
    label: `Type ${ALONE_WORDS}`,
    hint: "In capitals, with a space between.",
    multiline: false,
  },
  lead: (name) =>
    `${name} becomes active *without a second person*. It is recorded as unapproved, the channel is told, and the review will ask about it.`,
  command: (typed) => ({ type: "proceed_alone", typed }),
});
