import { createSlackDouble } from "../../demo/slack/index.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { createDirectory } from "../../src/slack/directory/directory.js";
import type { Directory } from "../../src/usecases/ports/ports.js";

/** A workspace on the Slack double, and a directory that reads it. */
export interface LeadingWorkspace {
  readonly directory: Directory;
  close(): Promise<void>;
}

/** Adds these accounts as members of the workspace and of the sample policy's group of leads. */
export async function openLeadingWorkspace(users: readonly string[]): Promise<LeadingWorkspace> {
  const slack = await createSlackDouble();
  for (const id of users) slack.people.add({ id, name: id.toLowerCase() });
  slack.groups.add("S0LEADS", "leads", users);
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 5_000 });
  const { account, group } = createDirectory({ client, now: Date.now });
  return { directory: { account, group, schedule: async () => null }, close: () => slack.stop() };
}
