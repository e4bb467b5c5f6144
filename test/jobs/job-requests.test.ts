import { describe, expect, test } from "vitest";
import { createExecutor } from "../../src/jobs/executor.js";
import { createJobRequests, parseWork, type Work } from "../../src/jobs/job-requests.js";
import { processor } from "../../src/jobs/queue-connection.js";
import { createLatch, createTally, performing, tallyLog } from "./tally.js";

describe("A job request", () => {
  const now = 1_700_000_000_000;

  test("has a job id that BullMQ accepts, without a colon and never all digits", () => {
    const requests = createJobRequests(() => now);
    for (const request of [
      requests.effect("42"),
      requests.effect("a:b:c"),
      requests.tick(7, new Date(now + 5_000)),
      requests.tick(7, new Date(0)),
    ]) {
      expect(request?.jobId).toMatch(/^[a-z]+-[^:]+$/);
    }
  });

  test("has a new id for each wake-up of an effect, and the same id everywhere for one tick in the future", () => {
    const [here, there] = [createJobRequests(() => now), createJobRequests(() => now + 10)];
    expect(here.effect("1").jobId).not.toBe(here.effect("1").jobId);
    const at = new Date(now + 5_000);
    expect(here.tick(7, at)?.jobId).toBe(there.tick(7, at)?.jobId);
    expect(here.tick(7, at)?.jobId).not.toBe(here.tick(8, at)?.jobId);
  });

  test("for a due tick has a new id each time, and a short delay", () => {
    const requests = createJobRequests(() => now);
    const [one, two] = [requests.tick(7, new Date(now - 9)), requests.tick(7, new Date(now - 9))];
    expect(one?.jobId).not.toBe(two?.jobId);
    expect(one?.delayMs).toBe(50);
  });

  test("has a delay counted from the given clock", () => {
    expect(createJobRequests(() => now).tick(7, new Date(now + 90_000))?.delayMs).toBe(90_000);
    expect(createJobRequests(() => now + 60_000).tick(7, new Date(now + 90_000))?.delayMs).toBe(30_000);
  });

  test("is not made for a tick more than a day away, which is left to the sweep", () => {
    expect(createJobRequests(() => now).tick(7, new Date(now + 25 * 3_600_000))).toBeNull();
  });
});

describe("A queued job", () => {
  test.each([
    [null],
    ["effect 7"],
    [{ kind: "effect" }],
    [{ kind: "tick", n: "7" }],
    [{ kind: "tick", n: 0 }],
    [{ kind: "other", id: "7" }],
  ])("with the data %j is not work", (data) => {
    expect(parseWork(data)).toBeNull();
  });

  test("keeps only its ids, even if it was queued with more", () => {
    expect(parseWork({ kind: "effect", id: "7", text: "the CEO waits" })).toEqual({ kind: "effect", id: "7" });
  });

  test("of another release is dropped and logged, without its content", async () => {
    const { log, lines } = tallyLog();
    const done: Work[] = [];
    const handle = processor({ log, perform: async (work) => void done.push(work) });
    await handle({ data: { kind: "escalate", text: "the CEO waits" } });
    expect(done).toEqual([]);
    expect(lines.seen).toMatchObject([{ level: "warn", event: "job.unknown" }]);
    expect(JSON.stringify(lines.seen)).not.toContain("CEO");
  });
});

describe("Work done in the process", () => {
  test("uses no more places than there are, and the same work does not wait twice", async () => {
    const { passed, open } = createLatch();
    const done = createTally<string>();
    const executor = createExecutor(
      performing(done, () => passed),
      2,
      tallyLog().log,
    );
    for (const id of ["1", "2", "3", "3", "3", "4"]) executor.soon({ kind: "effect", id });
    expect(done.seen).toEqual(["effect 1", "effect 2"]);
    open();
    await executor.idle();
    expect(done.seen).toEqual(["effect 1", "effect 2", "effect 3", "effect 4"]);
  });

  test("is dropped if it still waits when the process stops", async () => {
    const { passed, open } = createLatch();
    const done = createTally<string>();
    const executor = createExecutor(
      performing(done, () => passed),
      1,
      tallyLog().log,
    );
    executor.soon({ kind: "effect", id: "1" });
    executor.soon({ kind: "effect", id: "2" });
    executor.close();
    executor.soon({ kind: "effect", id: "3" });
    open();
    await executor.idle();
    expect(done.seen).toEqual(["effect 1"]);
  });
});
