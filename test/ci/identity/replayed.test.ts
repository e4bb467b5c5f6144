import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Claims, Provider } from "../../../demo/ci/claims.js";
import { createSeenTokens } from "../../../src/ci/identity/seen-tokens.js";
import { type CiGround, openCiGround } from "../../support/ci/ground.js";

let ground: CiGround;
beforeAll(async () => {
  ground = await openCiGround();
});
afterAll(() => ground.stop());

/** The same token id, in one run and in another. */
const SAME_ID: readonly (readonly [Provider, Claims, Claims])[] = [
  ["github", { jti: "one", run_id: "1" }, { jti: "one", run_id: "2" }],
  ["github", { jti: "attempt", run_attempt: "1" }, { jti: "attempt", run_attempt: "2" }],
  ["gitlab", { jti: "one", pipeline_id: "1" }, { jti: "one", pipeline_id: "2" }],
  ["buildkite", { jti: "one", build_number: 1 }, { jti: "one", build_number: 2 }],
  // Its id is that of the job then.
  ["buildkite", { jti: undefined, build_number: 1 }, { jti: undefined, build_number: 2 }],
];

test.each(SAME_ID)(
  "a token of %s whose id another run has used is refused: %j, %j",
  async (provider, first, second) => {
    const used = await ground.mint(provider, { claims: first });
    expect((await ground.identify(used)).ok).toBe(true);
    const replayed = await ground.mint(provider, { claims: second });
    expect(await ground.identify(replayed)).toEqual({ ok: false, why: "replayed" });
    expect((await ground.identify(used)).ok, "the run that has used it").toBe(true);
  },
);

test("an id counts within its issuer: two of them may use the same", async () => {
  for (const provider of ["github", "gitlab", "buildkite"] as const) {
    const token = await ground.mint(provider, { claims: { jti: "shared" } });
    expect((await ground.identify(token)).ok, provider).toBe(true);
  }
});

test("a token that was refused is not remembered", async () => {
  const claims = { jti: "later", event_name: "workflow_run", run_id: "1" };
  expect((await ground.identify(await ground.mint("github", { claims }))).ok).toBe(false);
  const other = await ground.mint("github", { claims: { jti: "later", run_id: "2" } });
  expect((await ground.identify(other)).ok).toBe(true);
});

describe("the memory of used tokens", () => {
  test("lets the run of a token use it again, and no other one until its end", () => {
    const seen = createSeenTokens();
    expect(seen.use("t", "a", 1_000, 0)).toBe(true);
    expect(seen.use("t", "a", 1_000, 999)).toBe(true);
    expect(seen.use("t", "b", 1_000, 999)).toBe(false);
    expect(seen.use("t", "b", 2_000, 1_000)).toBe(true);
  });

  test("drops ended tokens first when it is full, and then the oldest", () => {
    const seen = createSeenTokens(10);
    for (let n = 0; n < 10; n += 1) seen.use(`t${n}`, "a", n < 5 ? 10 : 1_000, 0);
    seen.use("t10", "a", 1_000, 20);
    expect(seen.use("t5", "b", 1_000, 20), "one that has not ended").toBe(false);
    for (let n = 11; n < 16; n += 1) seen.use(`t${n}`, "a", 1_000, 20);
    expect(seen.use("t15", "b", 1_000, 20), "the newest").toBe(false);
    expect(seen.use("t5", "b", 1_000, 20), "the oldest has made room").toBe(true);
  });
});
