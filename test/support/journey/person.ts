import { INCIDENTS } from "../../../demo/cast.js";
import type {
  Clickable,
  FormValues,
  Message,
  PressOptions,
  SlackDouble,
  SubmitAnswer,
} from "../../../demo/slack/index.js";

/** Default values of a declaration. */
export const USUAL: FormValues = {
  Gates: ["e2e-suite"],
  Target: "acme/payments-api#4821",
  Incident: "INC-219",
  Reason: "Production login is down. One-line config fix; smoke tests pass.",
};

/** One person of a journey and their actions. */
export interface JourneyPerson {
  readonly id: string;
  /** Presses the button of a form, by default on the alert, and waits for the form. */
  opens(label: string, name: string): Promise<void>;
  /** Opens the form in #incidents, waits for it and submits it. `Path` is filled in first when it is given. */
  declares(form?: FormValues): Promise<SubmitAnswer>;
  /** Opens the form and returns its rendered text. */
  opensForm(): Promise<string>;
  submits(form: FormValues): Promise<SubmitAnswer>;
  /** Types `/breakglass …` in #incidents and returns the answer. */
  types(text: string): Promise<string>;
  /** Presses a button of the alert, of the direct message, or of a given message. */
  presses(label: string, name: string, where?: "alert" | "dm" | Clickable, how?: PressOptions): Promise<void>;
  /** Presses a button of an outdated copy of a message. */
  pressesStale(label: string, seen: Message): Promise<void>;
  approves(name: string, where?: "alert" | "dm" | Clickable): Promise<void>;
  denies(name: string, reason: string, where?: "alert" | "dm" | Clickable): Promise<void>;
  revokes(name: string, reason: string): Promise<void>;
  /** Presses Proceed Alone and types the words; returns the form's answer. */
  proceedsAlone(name: string, typed?: string): Promise<SubmitAnswer>;
  repliesInThread(name: string, text: string): Promise<void>;
  /** Waits for an ephemeral message to this person, sent since their last action, with all these words. */
  isTold(...words: string[]): Promise<string>;
  /** Waits for a direct message with all these words. */
  getsMessage(...words: string[]): Promise<Message>;
  /** Direct messages with all these words. */
  inbox(...words: string[]): Message[];
}

export function createPerson(slack: SlackDouble, id: string, alert: (name: string) => Promise<Message>): JourneyPerson {
  const actor = slack.as(id);
  let ephemeralsSeen = 0;
  const acts = (): void => {
    ephemeralsSeen = slack.ephemerals(id).length;
  };
  const inbox = (...words: string[]) =>
    slack.inbox(id).filter((one) => words.every((word) => `${slack.render(one)}\n${one.text}`.includes(word)));
  const direct = (name: string, label: string) =>
    slack.until(() => inbox(`${name}`, `[${label}]`).at(-1), `[${label}] of ${name} in the messages of ${id}`);
  const find = async (label: string, name: string, where: "alert" | "dm" | Clickable): Promise<Clickable> =>
    where === "alert" ? alert(name) : where === "dm" ? direct(name, label) : where;
  const presses: JourneyPerson["presses"] = async (label, name, where = "dm", how = {}) => {
    const on = await find(label, name, where);
    acts();
    await actor.click(on, label, how);
  };
  const view = (words: string) =>
    slack.until(() => {
      const top = slack.view(id);
      return top !== undefined && top.submit === words ? top : null;
    }, `a form of ${id} with [${words}]`);
  const isTold: JourneyPerson["isTold"] = (...words) =>
    slack.until(
      () =>
        slack
          .ephemerals(id)
          .slice(ephemeralsSeen)
          .map((one) => slack.render(one))
          .find((seen) => words.every((word) => seen.includes(word))),
      `${id} is told ${words.join(" and ")}`,
    );
  const opensForm = async (): Promise<string> => {
    acts();
    await actor.command("", { channel: INCIDENTS });
    return slack.render(await view("Break Glass"));
  };
  const withReason = async (label: string, name: string, typed: FormValues, where: "alert" | "dm" | Clickable) => {
    await presses(label, name, where);
    await view(label);
    return actor.submit(typed);
  };
  return {
    id,
    opens: async (label, name) => {
      await presses(label, name, "alert");
      await view(label);
    },
    opensForm,
    declares: async (form = {}) => {
      await opensForm();
      const { Path: path, ...rest } = form;
      return actor.submit({ ...(path === undefined ? {} : { Path: path }), ...USUAL, ...rest });
    },
    submits: (form) => actor.submit(form),
    types: async (text) => {
      acts();
      await actor.command(text, { channel: INCIDENTS });
      return isTold("");
    },
    presses,
    pressesStale: async (label, seen) => {
      acts();
      await actor.click(seen, label, { stale: seen });
    },
    approves: (name, where) => presses("Approve", name, where),
    denies: async (name, reason, where = "dm") => {
      await withReason("Deny", name, { Reason: reason }, where);
    },
    revokes: async (name, reason) => {
      await withReason("Revoke", name, { Reason: reason }, "alert");
    },
    proceedsAlone: (name, typed = "BREAK GLASS") =>
      withReason("Proceed Alone", name, { "Type BREAK GLASS": typed }, "dm"),
    repliesInThread: async (name, text) => {
      const { ts } = await alert(name);
      acts();
      await actor.say(INCIDENTS, text, ts);
    },
    isTold,
    getsMessage: (...words) => slack.until(() => inbox(...words).at(-1), `${id} gets ${words.join(" and ")}`),
    inbox,
  };
}
