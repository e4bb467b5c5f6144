import { describe, expect, test } from "vitest";
import { readTarget, type Target } from "../../../src/domain/bypass/target.js";
import { type AskedCheck, type CheckedGrant, judgeCheck } from "../../../src/domain/gate-checks/judge.js";

const NOW = "2026-12-01T03:00:00.000Z";
const LATER = "2026-12-01T03:40:00.000Z";
const COMMIT = "a".repeat(40);
const OTHER = "b".repeat(40);

function target(typed: string): Target {
  const read = readTarget(typed);
  if (!read.ok) throw new Error(read.message);
  return read.target;
}

const asks = (typed: string, change: Partial<AskedCheck> = {}): AskedCheck => ({
  ...{
    gate: "e2e-suite",
    target: target(typed),
    commit: COMMIT,
    mayCommitOpen: true,
    repositoryName: null,
    pullRequest: null,
  },
  ...change,
});
const grant = (typed: string, change: Partial<CheckedGrant> = {}): CheckedGrant => ({
  ...{ n: 1, kind: "bypass", status: "active", targetKey: target(typed).key, endsAt: LATER },
  ...change,
});
const of = (asked: AskedCheck, ...grants: CheckedGrant[]) => {
  const judged = judgeCheck(asked, grants, NOW);
  return judged.open ? `open by BG-${judged.grant.n}` : `${judged.reason}, near BG-${judged.nearest?.n ?? "none"}`;
};

describe("a check", () => {
  test.each<[string, AskedCheck, CheckedGrant[], string]>([
    ["without a bypass", asks("acme/api#7"), [], "no_grant, near BG-none"],
    ["of the declared target", asks("https://github.com/Acme/API/pull/7"), [grant("acme/api#7")], "open by BG-1"],
    ["of another pull request", asks("acme/api#8"), [grant("acme/api#7")], "other_target, near BG-none"],
    ["of a service", asks("service:payments"), [grant("service:payments")], "open by BG-1"],
    ["of words", asks("the hotfix"), [grant("the hotfix")], "other_target, near BG-none"],
    [
      "of a redacted target",
      asks("acme/api#7"),
      [grant("acme/api#7", { targetKey: null })],
      "other_target, near BG-none",
    ],
    ["of a commit", asks(`acme/api@${COMMIT}`), [grant(`acme/api@${COMMIT}`)], "open by BG-1"],
    ["of a pull request at a granted commit", asks("acme/api#7"), [grant(`acme/api@${COMMIT}`)], "open by BG-1"],
    [
      "of a pull request at another commit",
      asks("acme/api#7"),
      [grant(`acme/api@${OTHER}`)],
      "other_commit, near BG-1",
    ],
    ["of another repository's commit", asks("acme/web#7"), [grant(`acme/api@${COMMIT}`)], "other_target, near BG-none"],
    [
      "of a commit that is not the one asked for",
      asks(`acme/api@${OTHER}`),
      [grant(`acme/api@${OTHER}`)],
      "other_commit, near BG-1",
    ],
    [
      "of a commit that may not open",
      asks("acme/api#7", { mayCommitOpen: false }),
      [grant("acme/api#7")],
      "other_commit, near BG-1",
    ],
    [
      "by its own repository",
      asks("acme/api#7", { repositoryName: "acme/api" }),
      [grant("acme/api#7")],
      "open by BG-1",
    ],
    [
      "by another repository",
      asks("acme/api#7", { repositoryName: "acme/web" }),
      [grant("acme/api#7")],
      "other_target, near BG-none",
    ],
    [
      "by another repository, of a commit",
      asks(`acme/api@${COMMIT}`, { repositoryName: "acme/web" }),
      [grant(`acme/api@${COMMIT}`)],
      "other_target, near BG-none",
    ],
    [
      "by a run for that pull request",
      asks("acme/api#7", { repositoryName: "acme/api", pullRequest: 7 }),
      [grant("acme/api#7")],
      "open by BG-1",
    ],
    [
      "by a run for another pull request",
      asks("acme/api#7", { repositoryName: "acme/api", pullRequest: 17 }),
      [grant("acme/api#7")],
      "other_target, near BG-none",
    ],
    ["of a drill", asks("acme/api#7"), [grant("acme/api#7", { kind: "drill" })], "drill, near BG-1"],
    ["at the very end", asks("acme/api#7"), [grant("acme/api#7", { endsAt: NOW })], "expired, near BG-1"],
    [
      "a millisecond before",
      asks("acme/api#7"),
      [grant("acme/api#7", { endsAt: "2026-12-01T03:00:00.001Z" })],
      "open by BG-1",
    ],
    ["after a Close", asks("acme/api#7"), [grant("acme/api#7", { status: "closed" })], "expired, near BG-1"],
    [
      "while it is requested",
      asks("acme/api#7"),
      [grant("acme/api#7", { status: "requested", endsAt: null })],
      "no_grant, near BG-none",
    ],
    [
      "of two grants counts by the later end",
      asks("acme/api#7"),
      [grant("acme/api#7"), grant("acme/api#7", { n: 2, endsAt: "2026-12-01T03:50:00.000Z" })],
      "open by BG-2",
    ],
    [
      "of a grant that ended, beside one that is active",
      asks("acme/api#7"),
      [grant("acme/api#7", { status: "revoked", endsAt: "2026-12-01T04:00:00.000Z" }), grant("acme/api#7", { n: 2 })],
      "open by BG-2",
    ],
  ])("%s", (_, asked, grants, judged) => {
    expect(of(asked, ...grants)).toBe(judged);
  });
});
