import { describe, expect, test } from "vitest";
import { createHeartbeat, type Heartbeat } from "../../src/jobs/heartbeat.js";

interface Setup {
  readonly heartbeat: Heartbeat;
  /** Lets time pass on both clocks, or on one. */
  pass(ms: number, clock?: "wall" | "steady"): void;
  /** What the next beats answer: effects, a fault, or an answer that comes when `open` is called. */
  readonly answers: (() => Promise<readonly string[]>)[];
  readonly beats: { readonly ttlMs: number; readonly alone: boolean }[];
  readonly woken: string[];
  readonly logged: string[];
  readonly retired: () => number;
}

function setUp(alone = false): Setup {
  const clock = { wall: 1_000_000, steady: 0 };
  const answers: Setup["answers"] = [];
  const beats: Setup["beats"] = [];
  const woken: string[] = [];
  const logged: string[] = [];
  let retired = 0;
  const log = (event: string): void => void logged.push(event);
  const heartbeat = createHeartbeat({
    instances: {
      beat: (ttlMs, isAlone) => {
        beats.push({ ttlMs, alone: isAlone });
        return answers.shift()?.() ?? Promise.resolve([]);
      },
      retire: async () => {
        retired += 1;
      },
    },
    takeUp: (ids) => void woken.push(...ids),
    log: { debug: log, info: log, warn: log, error: log },
    alone,
    clocks: { wall: () => clock.wall, steady: () => clock.steady },
  });
  const pass = (ms: number, which?: "wall" | "steady"): void => {
    if (which !== "steady") clock.wall += ms;
    if (which !== "wall") clock.steady += ms;
  };
  return { heartbeat, pass, answers, beats, woken, logged, retired: () => retired };
}

const unreachable = async (): Promise<never> => {
  throw new Error("PostgreSQL is away.");
};

/** An answer that comes when `open` is called. */
function held(ids: readonly string[] = []) {
  let open = (): void => {};
  const answer = new Promise<readonly string[]>((resolve) => {
    open = () => resolve(ids);
  });
  return { answer: () => answer, open: () => open() };
}

describe("A process", () => {
  test("does not count as alive before its first beat, nor after its end", async () => {
    const { heartbeat, retired } = setUp();
    expect(heartbeat.watch()()).toBe(false);
    await heartbeat.now();
    const stillMine = heartbeat.watch();
    expect(stillMine()).toBe(true);
    await heartbeat.stop();
    expect([stillMine(), heartbeat.watch()(), retired()]).toEqual([false, false, 1]);
  });

  test.each(["wall", "steady"] as const)(
    "trusts a beat for 1.5 s by the %s clock, less than the others wait",
    async (clock) => {
      const { heartbeat, pass, beats } = setUp();
      await heartbeat.now();
      const stillMine = heartbeat.watch();
      pass(1_500, clock);
      expect(stillMine()).toBe(true);
      pass(1, clock);
      expect(stillMine()).toBe(false);
      expect(beats[0]?.ttlMs).toBeGreaterThanOrEqual(2_000);
    },
  );

  test("that was suspended no longer trusts what it claimed before, even once it beats again", async () => {
    const { heartbeat, pass, logged } = setUp();
    await heartbeat.now();
    const before = heartbeat.watch();
    pass(60_000);
    const meanwhile = heartbeat.watch();
    await heartbeat.now();
    expect([before(), meanwhile(), heartbeat.watch()()]).toEqual([false, false, true]);
    expect(logged).toEqual(["heartbeat.back"]);
  });

  test("that beats in time trusts its claims on and on", async () => {
    const { heartbeat, pass } = setUp();
    await heartbeat.now();
    const stillMine = heartbeat.watch();
    for (let beat = 0; beat < 20; beat += 1) {
      pass(1_400);
      await heartbeat.now();
    }
    expect(stillMine()).toBe(true);
  });

  test("counts a beat from before it was sent, and distrusts one whose answer was late", async () => {
    const { heartbeat, pass, answers } = setUp();
    await heartbeat.now();
    const stillMine = heartbeat.watch();
    const late = held();
    answers.push(late.answer);
    pass(1_000);
    const beating = heartbeat.now();
    pass(600);
    late.open();
    await beating;
    // The others may have taken it for dead between the two beats.
    expect(stillMine()).toBe(false);
    const since = heartbeat.watch();
    expect(since()).toBe(true);
    pass(901);
    expect(since()).toBe(false);
  });

  test("that cannot reach PostgreSQL says so once, and that it is back", async () => {
    const { heartbeat, pass, answers, logged } = setUp();
    await heartbeat.now();
    for (let beat = 0; beat < 5; beat += 1) {
      answers.push(unreachable);
      pass(500);
      await heartbeat.now();
    }
    expect([logged, heartbeat.missed()]).toEqual([["heartbeat.missed"], true]);
    await heartbeat.now();
    expect([logged, heartbeat.missed()]).toEqual([["heartbeat.missed", "heartbeat.back"], false]);
  });
});

describe("What a beat is told", () => {
  test("is taken up", async () => {
    const { heartbeat, answers, woken } = setUp();
    answers.push(async () => ["a", "b"]);
    await heartbeat.now();
    expect(woken).toEqual(["a", "b"]);
  });

  test("calls all others dead only at the start of a process that is alone", async () => {
    const { heartbeat, beats, answers } = setUp(true);
    answers.push(unreachable);
    await heartbeat.now();
    await heartbeat.now();
    await heartbeat.now();
    expect(beats.map(({ alone }) => alone)).toEqual([true, true, false]);
  });
});

test("one beat runs at a time", async () => {
  const { heartbeat, answers, beats } = setUp();
  const slow = held();
  answers.push(slow.answer);
  const both = Promise.all([heartbeat.now(), heartbeat.now()]);
  slow.open();
  await both;
  expect(beats).toHaveLength(1);
});
