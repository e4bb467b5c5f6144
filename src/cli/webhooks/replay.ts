import { replayWebhook } from "../../usecases/commands/replay-webhook.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";
import type { Opened } from "./opened.js";
import type { ReplayOptions } from "./options.js";

/** `breakglass webhooks replay`. */
export async function replay(options: ReplayOptions, { policy, context }: Opened, io: CommandIo): Promise<ExitCode> {
  const { name, range, json } = options;
  const names = policy.webhooks.map((webhook) => webhook.name);
  const chosen = policy.webhooks.filter((webhook) => name === undefined || webhook.name === name);
  if (chosen.length === 0) {
    const known = names.length === 0 ? "names none" : `names ${names.join(", ")}`;
    io.err(`breakglass webhooks replay: the policy ${known}${name === undefined ? "" : `, not ${name}`}.`);
    return EXIT.wrongUsage;
  }
  const queued: { webhook: string; entries: number }[] = [];
  for (const webhook of chosen) {
    queued.push({ webhook: webhook.name, entries: await replayWebhook(context, webhook, range) });
  }
  const isAny = queued.some(({ entries }) => entries > 0);
  if (json) printJson(io, { queued });
  else
    for (const { webhook, entries } of queued)
      io.out(`${webhook}: ${entries} ${entries === 1 ? "entry" : "entries"} queued`);
  if (isAny) io.err("A running bot sends them within seconds; breakglass webhooks list shows what waits.");
  else io.err("There is no entry in that range of which these webhooks are told.");
  return isAny ? EXIT.fine : EXIT.foundWrong;
}
