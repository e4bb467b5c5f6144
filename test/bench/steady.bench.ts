import { afterAll, beforeAll, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import type { Answer } from "../../src/usecases/api.js";
import { typedBypass } from "../../src/usecases/ports/bypass-ref.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { peopleTheBench, personOf } from "./support/bots.js";
import { openSeam, type Seam } from "./support/core.js";
import { progress, report } from "./support/figures.js";
import { paced } from "./support/pace.js";
import { ms, percentile, times } from "./support/rounds.js";
import { sizeOf } from "./support/sizes.js";

const PART = "steady";
const PER_SECOND = sizeOf("STEADY_PER_SECOND", 200);
const SECONDS = sizeOf("STEADY_SECONDS", 60);
const WARM = 2 * PER_SECOND;

let slack: SlackDouble;
let database: TestDatabase;
let seam: Seam;

beforeAll(async () => {
  slack = await createSlackDouble();
  peopleTheBench(slack);
  database = await createTestDatabase();
  seam = await openSeam(database.appUrl, slack);
});

afterAll(async () => {
  await seam?.database.end();
  await slack?.stop();
  await database?.drop();
});

interface Life {
  readonly n: number;
  readonly requester: string;
}

/** Bypasses by their next command. */
const waiting: Record<"approve" | "log" | "close", Life[]> = { approve: [], log: [], close: [] };
const errors = new Map<string, number>();

/**
 * Runs declare, approve, log and close in turn. Each command is about another bypass, so that none waits for another.
 */
async function command(index: number): Promise<number> {
  try {
    const answer = await ask(index);
    if (!answer.ok) count(answer.refusal.code);
  } catch (fault) {
    count(fault instanceof Error ? fault.name : "unknown");
  }
  return performance.now();
}

function count(code: string): void {
  errors.set(code, (errors.get(code) ?? 0) + 1);
}

async function ask(index: number): Promise<Answer> {
  const { breakglass } = seam;
  const id = `bench:${index}`;
  const next = (["declare", "approve", "log", "close"] as const)[index % 4] ?? "declare";
  const life = next === "declare" ? undefined : waiting[next].shift();
  if (life === undefined || next === "declare") return declare(index, id);
  const pass = (to: "log" | "close", answer: Answer): Answer => {
    waiting[to].push(life);
    return answer;
  };
  switch (next) {
    case "approve":
      return pass(
        "log",
        await breakglass.act({ user: CAST.dana, origin: null }, typedBypass(life.n), { type: "approve" }, id),
      );
    case "log": {
      const line = { type: "log", line: "Rolled back to 9f1c2ab; watching.", via: "command" } as const;
      return pass("close", await breakglass.act({ user: life.requester, origin: null }, typedBypass(life.n), line, id));
    }
    case "close":
      return breakglass.act({ user: life.requester, origin: null }, typedBypass(life.n), { type: "close" }, id);
    default:
      return next satisfies never;
  }
}

async function declare(index: number, id: string): Promise<Answer> {
  const requester = personOf(index);
  const declaration = {
    kind: "bypass" as const,
    path: "emergency_deploy",
    gates: ["e2e-suite"],
    target: `service:bench-${index}`,
    incident: "INC-219",
    reason: "Production login is down. One-line config fix; smoke tests pass.",
    duration: "60m",
    again: null,
  };
  const answer = await seam.breakglass.declare({ user: requester, origin: null }, declaration, id);
  if (answer.ok) waiting.approve.push({ n: answer.record.n, requester });
  return answer;
}

test(`${PER_SECOND} commands a second for ${SECONDS} s at the seam of the use cases`, async () => {
  await paced(WARM, PER_SECOND, command);
  errors.clear();
  const latencies: number[] = [];
  const slices: number[] = [];
  const sliceSeconds = Math.max(1, Math.min(10, SECONDS / 2));
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let done = 0; done < SECONDS; done += sliceSeconds) {
    const from = WARM + done * PER_SECOND;
    const slice = await paced(sliceSeconds * PER_SECOND, PER_SECOND, (index) => command(from + index));
    latencies.push(...slice.latencies);
    slices.push(slice.p99);
    progress(PART, `${done + sliceSeconds} of ${SECONDS} s: p50 ${ms(slice.p50)}, p99 ${ms(slice.p99)}`);
  }
  const used = process.cpuUsage(cpu);
  const share = (used.user + used.system) / 10 / (performance.now() - began);
  const [p50, p99, most] = [0.5, 0.99, 1].map((at) => percentile(latencies, at));
  const failed = [...errors].map(([code, times]) => `${times} ${code}`).join(", ");
  await report({
    part: PART,
    what: `${PER_SECOND} commands/s for ${SECONDS} s (declare, approve, log, close by turns), open loop`,
    target: "p99 < 100 ms, no error",
    measured: `p50 ${ms(p50 ?? 0)}, p99 ${ms(p99 ?? 0)}, slowest ${ms(most ?? 0)}; ${failed === "" ? "no error" : failed}`,
    noise: `p99 of slices ${times(Math.max(...slices) / Math.min(...slices))} apart`,
    verdict: (p99 ?? Number.POSITIVE_INFINITY) < 100 && failed === "" ? "held" : "missed",
    bound: `a command is three round trips, one of which waits for the disk; Node computes for ${share.toFixed(0)} % of the time`,
  });
});
