import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import { createSlackDouble } from "../../../demo/slack/index.js";
import { createSeen } from "../../../demo/workspace/seen.js";
import { readStored, writeStored } from "../../../demo/workspace/store.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function workspace(...[options]: Parameters<typeof createSlackDouble>) {
  const slack = await createSlackDouble(options);
  peopleTheWorkspace(slack);
  return slack;
}

describe("the stored workspace", () => {
  it("reads as nothing when there is no file, and as unreadable when the file is not a workspace", async () => {
    expect(await readStored(folder)).toBe("nothing");
    for (const text of ["", "{}", '{"version":2}', '{"version":1,"aheadMs":0,"workspace":{"messages":[{"ts":7}]}}']) {
      await writeFile(join(folder, "workspace.json"), text);
      expect(await readStored(folder)).toBe("unreadable");
    }
  });

  it("restores its messages, and new messages come after them", async () => {
    let now = Date.parse("2026-11-26T10:00:00Z");
    const slack = await workspace({ now: () => now });
    // No bot is connected, so delivering the event fails.
    await slack
      .as(CAST.priya)
      .say(INCIDENTS, "first")
      .catch(() => {});
    const direct = slack.dm(CAST.dana);
    await writeStored(folder, { aheadMs: 5, workspace: slack.keep() });
    await slack.stop();
    expect(await readdir(folder)).toEqual(["workspace.json"]);

    const found = await readStored(folder);
    if (typeof found === "string") throw new Error(found);
    expect(found.aheadMs).toBe(5);
    now -= 3_600_000;
    const again = await workspace({ now: () => now, kept: found.workspace });
    await again
      .as(CAST.omar)
      .say(INCIDENTS, "second")
      .catch(() => {});
    const messages = again.messages(INCIDENTS);
    expect(messages.map(({ text }) => text)).toEqual(["first", "second"]);
    expect(Number(messages[1]?.ts)).toBeGreaterThan(Number(messages[0]?.ts));
    expect(again.dm(CAST.dana)).toBe(direct);
    expect(again.dm(CAST.noor)).not.toBe(direct);
    await again.stop();
  });

  it("restores who has read what", async () => {
    let now = Date.parse("2026-11-26T10:00:00Z");
    const slack = await workspace({ now: () => now });
    const seen = createSeen(slack, () => now);
    now += 1_000;
    await slack
      .as(CAST.priya)
      .say(INCIDENTS, "Anybody?")
      .catch(() => {});
    seen.look(CAST.dana, INCIDENTS);
    await writeStored(folder, { aheadMs: 0, workspace: slack.keep(), seen: seen.keep() });
    await slack.stop();

    const found = await readStored(folder);
    if (typeof found === "string") throw new Error(found);
    now += 60_000;
    const again = await workspace({ now: () => now, kept: found.workspace });
    const after = createSeen(again, () => now, found.seen);
    expect(after.unread(CAST.noor, INCIDENTS)).toBe(1);
    expect(after.unread(CAST.dana, INCIDENTS)).toBe(0);
    expect(after.unread(CAST.priya, INCIDENTS)).toBe(0);
    after.look(CAST.noor, INCIDENTS);
    expect(after.unread(CAST.noor, INCIDENTS)).toBe(0);
    await again.stop();
  });

  it("accepts a workspace stored without read positions", async () => {
    const slack = await workspace();
    await writeStored(folder, { aheadMs: 0, workspace: slack.keep() });
    await slack.stop();
    expect(await readStored(folder)).toMatchObject({ aheadMs: 0 });
  });
});
