import { createSlackDouble } from "../../demo/slack/index.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { createDirectory } from "../../src/slack/directory/directory.js";
import type { Directory } from "../../src/usecases/ports/ports.js";

/** A workspace at the Slack double, and what the directory reads of it. */
export interface LeadingWorkspace {
  readonly directory: Directory;
  close(): Promise<void>;
}

/** These accounts are members, and the ones in the sample policy's group of leads. */
export async function openLeadingWorkspace(users: readonly string[]): Promise<LeadingWorkspace> {
  const slack = await createSlackDouble();
  for (const id of users) slack.people.add({ id, name: id.toLowerCase() });
  slack.groups.add("S0LEADS", "leads", users);
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 5_000 });
  const { account, group } = createDirectory({ client, now: Date.now });
  return { directory: { account, group, schedule: async () => null }, close: () => slack.stop() };
}
