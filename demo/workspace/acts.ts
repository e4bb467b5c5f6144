import { z } from "zod";
import { FormNotSent, PersonCannot, type SlackDouble } from "../slack/index.js";
import type { Done } from "./contract.js";

const id = z.string().min(1).max(255);
const typed = z.string().max(12_000);

/** The actions of a person on the page. */
export const act = z.discriminatedUnion("do", [
  z.object({ do: z.literal("write"), channel: id, text: typed, thread: id.optional() }),
  z.object({ do: z.literal("press"), channel: id, ts: id, block: id, action: id, option: typed.optional() }),
  z.object({ do: z.literal("press-in-view"), view: id, block: id, action: id, option: typed.optional() }),
  z.object({ do: z.literal("fill"), block: id, action: id, value: z.union([typed, z.array(typed).max(100)]) }),
  z.object({ do: z.literal("submit"), view: id }),
  z.object({ do: z.literal("cancel"), view: id }),
  z.object({ do: z.literal("dismiss"), ts: id }),
  z.object({ do: z.literal("open-home") }),
]);

/** One action of a person. */
export type Act = z.infer<typeof act>;

/** Performs an action as this person. Returns the reason when Slack or its client refuses; then nothing changes. */
export async function perform(slack: SlackDouble, user: string, asked: Act): Promise<Done> {
  try {
    return await performed(slack, user, asked);
  } catch (fault) {
    if (fault instanceof FormNotSent) return { ok: false, fields: inWords(fault.lacking) };
    if (fault instanceof PersonCannot) return { ok: false, told: fault.message };
    throw fault;
  }
}

async function performed(slack: SlackDouble, user: string, asked: Act): Promise<Done> {
  const actor = slack.as(user);
  switch (asked.do) {
    case "write":
      return write(slack, user, asked);
    case "press": {
      const { channel, ts, block, action, option } = asked;
      return answered(await actor.click({ channel, ts }, action, { blockId: block, ...chosen(option) }));
    }
    case "press-in-view": {
      const view = [slack.home(user), ...slack.views(user)].find((one) => one?.id === asked.view);
      if (view === undefined) return { ok: false, told: "That view is closed." };
      return answered(await actor.click(view, asked.action, { blockId: asked.block, ...chosen(asked.option) }));
    }
    case "fill":
      await actor.fillAt({ blockId: asked.block, actionId: asked.action, value: asked.value });
      return { ok: true };
    case "submit": {
      if (slack.view(user)?.id !== asked.view) return { ok: false, told: "That view is closed." };
      const { error, errorsByBlock } = await actor.submit({});
      if (errorsByBlock !== undefined) return { ok: false, fields: errorsByBlock };
      return answered({ error });
    }
    case "cancel":
      // Skips a second press or a view that another tab has closed, so that the view below stays open.
      if (slack.view(user)?.id === asked.view) await actor.cancel();
      return { ok: true };
    case "dismiss":
      actor.dismiss(asked.ts);
      return { ok: true };
    case "open-home":
      return answered((await actor.openHome()) ?? {});
    default:
      return asked satisfies never;
  }
}

/** Sends a message or, after a slash, a command. Slack accepts only commands of installed apps, and none in threads. */
async function write(slack: SlackDouble, user: string, asked: Extract<Act, { do: "write" }>): Promise<Done> {
  const text = asked.text.trim();
  if (text === "") return { ok: false, told: "There is nothing to send yet." };
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command === null) {
    await slack.as(user).say(asked.channel, escaped(text), asked.thread);
    return { ok: true };
  }
  const name = command[1] ?? "";
  if (name !== "/breakglass") return { ok: false, told: `${name} is not a valid command.` };
  if (asked.thread !== undefined) return { ok: false, told: `${name} is not supported in threads. Sorry!` };
  const answer = await slack.as(user).command(command[2]?.trim() ?? "", { channel: asked.channel });
  // Slack's error about a failed command is already in the conversation.
  return { ok: answer.error === undefined };
}

const chosen = (option: string | undefined) => (option === undefined ? {} : { option });

function answered({ error }: { readonly error?: string | undefined }): Done {
  return error === undefined
    ? { ok: true }
    : { ok: false, told: `The app did not answer as it should: Slack shows "${error}".` };
}

/** Slack's texts under the fields. */
const inWords = (lacking: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(lacking).map(([block, lacks]) => [
      block,
      lacks === "required" ? "Please complete this required field." : `Please enter ${lacks}.`,
    ]),
  );

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
