import { expect, test } from "vitest";
import { buildkiteRun, circleciRun, githubRun, gitlabRun } from "../../../src/domain/gate-checks/run-id.js";
import { runId } from "../../../src/domain/gate-checks/wire.js";

test("the runs of each provider are runs on the wire", () => {
  for (const run of [
    githubRun("1", "2", "3"),
    gitlabRun("7", "99"),
    buildkiteRun("p-1", "8"),
    circleciRun("p-1", "w-1"),
  ])
    expect(runId.parse(run)).toBe(run);
});

test.each(["", "github", "github:", "GitHub:1/2/3", "github:1 2", "github:1\n", `x:${"1".repeat(161)}`, "github:é"])(
  "%j is no run",
  (run) => {
    expect(runId.safeParse(run).success).toBe(false);
  },
);
