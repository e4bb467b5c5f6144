import { expect, test } from "vitest";
import {
  buildkiteRun,
  circleciRun,
  githubRun,
  gitlabRun,
  isProvenRun,
} from "../../../src/domain/gate-checks/run-id.js";
import { runId } from "../../../src/domain/gate-checks/wire.js";

const GITHUB = "https://token.actions.githubusercontent.com";

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

test("a run agrees with its identity, whether that names the issuer or not", () => {
  const named = githubRun("1", "2", "3");
  expect(isProvenRun(named, named, GITHUB)).toBe(true);
  expect(isProvenRun(named, "github:token.actions.githubusercontent.com/1/2/3", GITHUB)).toBe(true);
  const onServer = "gitlab:git.example.com/group/7/99";
  expect(isProvenRun("gitlab:7/99", onServer, "https://git.example.com/group")).toBe(true);
  expect(isProvenRun(onServer, onServer, "https://git.example.com/group")).toBe(true);
});

test("another run, another attempt, another provider or another issuer does not", () => {
  const proven = "github:token.actions.githubusercontent.com/1/2/3";
  for (const named of ["github:1/2/4", "github:2/3", "gitlab:1/2/3", "github:evil.example.com/1/2/3", "github:/1/2/3"])
    expect(isProvenRun(named, proven, GITHUB), named).toBe(false);
  expect(isProvenRun("github:1/2/3", proven, "https://evil.example.com")).toBe(false);
});
