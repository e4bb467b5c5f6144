import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { createChat } from "../../../src/slack/delivery/chat.js";
import { createPublished } from "../../../src/slack/delivery/published.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import type { SlackDirectory } from "../../../src/slack/directory/directory.js";
import { createPace } from "../../../src/slack/pacing/pace.js";
import { withUrgency } from "../../../src/usecases/ports/urgency.js";
import { stillMine } from "../../support/alive.js";
import { policySource, recordIn } from "../messages/fixtures.js";
import { incidentWorkspace, manualClock } from "../workspace.js";

/** Guards against a call that hangs; a loaded machine may take seconds to answer. */
const TIMEOUT_MS = 20_000;
const OUTBOX_ID = "0f3a1b52-7c55-4f0e-9d6b-2f1f4f3c9a10";
/** More than upkeep may read in a minute. */
const OTHERS = Array.from({ length: 25 }, (_, i) => `C0OTHER${i}`);

let slack: SlackDouble;
let directory: SlackDirectory;
beforeEach(async () => {
  ({ slack, directory } = await incidentWorkspace());
  for (const id of OTHERS) slack.channels.add({ id, name: id.toLowerCase(), members: [] });
});
afterEach(() => slack.stop());

test("channels beyond a minute's calls are read in the next one, and none twice", async () => {
  const common = { token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: TIMEOUT_MS };
  const posted = await createChat({ client: createWebClient(common), directory, policy: policySource() }).perform({
    effect: { kind: "alert.post" },
    record: recordIn("requested"),
    alert: null,
    outboxId: OUTBOX_ID,
    readBack: false,
    stillMine,
    createdAt: new Date(),
  });
  expect(posted).toMatchObject({ ok: true });
  const clock = manualClock();
  const around = createPace({ paced: true, log: { debug() {}, info() {}, warn() {}, error() {} }, now: clock.now });
  const published = createPublished({ client: createWebClient({ ...common, around }), directory });
  const recent = () => withUrgency("upkeep", () => published.recent([...OTHERS, "C0INC"]));
  const reads = () => slack.record.calls.filter(({ method }) => method === "conversations.history").length;

  expect(await recent()).toBeNull();
  expect(reads()).toBeLessThan(OTHERS.length);
  clock.advance(61_000);
  expect(await recent()).toMatchObject([{ channel: "C0INC", outboxId: OUTBOX_ID }]);
  expect(reads()).toBe(OTHERS.length + 1);
});
