import type { WebhookOfPolicy } from "../../domain/policy/policy.js";
import type { WebhookStanding } from "../../usecases/ports/ports.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";
import type { Opened } from "./opened.js";
import type { ListOptions } from "./options.js";

/** `breakglass webhooks list`. Of an address it shows the host alone: people put keys into the rest. */
export async function listWebhooks(
  { json }: ListOptions,
  { policy, context }: Opened,
  io: CommandIo,
): Promise<ExitCode> {
  const standings = await context.queries.webhookStandings();
  const ofPolicy = policy.webhooks.map((webhook) => ({
    ...standingOf(webhook.name, standings),
    host: new URL(webhook.url).host,
    events: webhook.events,
  }));
  const removed = standings.filter(
    ({ webhook, waiting }) => waiting > 0 && !policy.webhooks.some(({ name }) => name === webhook),
  );
  if (json) {
    printJson(io, { webhooks: ofPolicy, removed }, 2);
    return EXIT.fine;
  }
  if (ofPolicy.length === 0) io.out("The policy names no webhook.");
  for (const webhook of ofPolicy) {
    io.out(`${webhook.webhook} at ${webhook.host}: ${webhook.events.join(", ")}`);
    for (const line of linesOf(webhook)) io.out(`  ${line}`);
  }
  for (const { webhook, waiting } of removed)
    io.out(`${webhook}: not in this policy; ${waiting} waiting, which a bot with this policy drops and records`);
  return EXIT.fine;
}

function linesOf({ waiting, oldestSeconds, waitingCode, deliveredAt, givenUp, givenUpAt }: WebhookStanding): string[] {
  const why = waitingCode === null ? "" : `, last answer ${waitingCode}`;
  return [
    deliveredAt === null ? "nothing was taken yet" : `last taken ${deliveredAt}`,
    waiting === 0 ? "nothing waits" : `${waiting} waiting, the oldest for ${oldestSeconds} s${why}`,
    ...(givenUp === 0 ? [] : [`${givenUp} given up, the last ${givenUpAt}`]),
  ];
}

const NONE = { waiting: 0, oldestSeconds: 0, deliveredAt: null, waitingCode: null, givenUp: 0, givenUpAt: null };

function standingOf(name: WebhookOfPolicy["name"], standings: readonly WebhookStanding[]): WebhookStanding {
  return standings.find(({ webhook }) => webhook === name) ?? { webhook: name, ...NONE };
}
