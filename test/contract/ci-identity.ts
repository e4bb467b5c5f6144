import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CiIdentity, PipelineIdentity } from "../../src/usecases/ports/ci-identity.js";

/** What the suite needs of a reader of tokens: jobs of one provider, and a clock. */
export interface CiIdentityHarness {
  readonly reader: CiIdentity;
  now(): Date;
  advance(seconds: number): void;
  /** A token of a job. The same `run` and `token` make tokens of one run and of one id. */
  token(of: { readonly run: number; readonly token: number }): Promise<string>;
  stop(): Promise<void>;
}

/** The contract of `CiIdentity`, run on every implementation and provider. */
export function ciIdentityContract(
  name: string,
  provider: PipelineIdentity["provider"],
  start: () => Promise<CiIdentityHarness>,
): void {
  describe(`${name} keeps the contract of CiIdentity`, () => {
    let harness: CiIdentityHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.stop());
    const identified = async (token: string): Promise<PipelineIdentity> => {
      const result = await harness.reader.identify(token, harness.now());
      if (!result.ok) throw new Error(result.why);
      return result.identity;
    };

    test("names the provider, the run and the end of the token", async () => {
      const identity = await identified(await harness.token({ run: 1, token: 1 }));
      expect(identity.provider).toBe(provider);
      expect(identity.run.startsWith(`${provider}:`)).toBe(true);
      expect(Date.parse(identity.expiresAt)).toBeGreaterThan(harness.now().getTime());
      expect(Date.parse(identity.expiresAt)).toBeLessThanOrEqual(harness.now().getTime() + 3_600_000);
      if (identity.commit !== null) expect(identity.commit.sha).toMatch(/^[0-9a-f]{40}$/);
    });

    test("takes a token again from the same run, with the same answer", async () => {
      const token = await harness.token({ run: 2, token: 2 });
      expect(await identified(token)).toEqual(await identified(token));
    });

    test("gives two runs two names, and two tokens of one run the same", async () => {
      const first = await identified(await harness.token({ run: 3, token: 3 }));
      const again = await identified(await harness.token({ run: 3, token: 4 }));
      const other = await identified(await harness.token({ run: 4, token: 5 }));
      expect(again.run).toBe(first.run);
      expect(other.run).not.toBe(first.run);
    });

    test("refuses a token after its end, and what is no token", async () => {
      const token = await harness.token({ run: 5, token: 6 });
      await identified(token);
      harness.advance(3_631);
      expect(await harness.reader.identify(token, harness.now())).toEqual({ ok: false, why: "expired" });
      for (const text of ["", ".", "..", "a.b.c", "bg_0123456789", token.slice(1), `${token}.`, `${token}A`]) {
        const { ok } = await harness.reader.identify(text, harness.now());
        expect(ok, text).toBe(false);
      }
    });
  });
}
