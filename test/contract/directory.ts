import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AccountStatus } from "../../src/domain/decisions/principal.js";
import type { Directory } from "../../src/usecases/ports/ports.js";

/** What the suite needs of the workspace behind the port. The suite controls the clock. */
export interface DirectoryHarness {
  readonly directory: Pick<Directory, "account" | "group">;
  person(user: string, accountStatus: AccountStatus): void;
  group(id: string, users: readonly string[]): void;
  /** Makes Slack unreachable until the returned function is called. */
  cut(): Promise<() => Promise<void>>;
  advance(ms: number): void;
  stop(): Promise<void>;
}

const MINUTE = 60_000;

/** The contract of `Directory`, run on every implementation. */
export function directoryContract(name: string, start: () => Promise<DirectoryHarness>): void {
  describe(`${name} keeps the contract of Directory`, () => {
    let harness: DirectoryHarness;
    beforeEach(async () => {
      harness = await start();
    });
    afterEach(() => harness.stop());

    test.each(["member", "guest", "bot", "deactivated", "foreign"] as const)(
      "reports a %s account as such",
      async (accountStatus) => {
        harness.person("U0SOME", accountStatus);
        expect(await harness.directory.account("U0SOME")).toMatchObject({ accountStatus, stale: false });
      },
    );

    test("reports the members of a user group", async () => {
      harness.person("U0ANA", "member");
      harness.group("S0LEADS", ["U0ANA"]);
      expect(await harness.directory.group("S0LEADS")).toMatchObject({ users: ["U0ANA"], stale: false });
    });

    test("a user group that Slack does not know has no members", async () => {
      expect(await harness.directory.group("S0NOBODY")).toMatchObject({ users: [], stale: false });
    });

    test("reports a deactivated account and a changed group within 31 seconds", async () => {
      harness.person("U0ANA", "member");
      harness.group("S0LEADS", ["U0ANA"]);
      await harness.directory.account("U0ANA");
      await harness.directory.group("S0LEADS");
      harness.person("U0ANA", "deactivated");
      harness.group("S0LEADS", []);
      harness.advance(31_000);
      expect(await harness.directory.account("U0ANA")).toMatchObject({ accountStatus: "deactivated" });
      expect(await harness.directory.group("S0LEADS")).toMatchObject({ users: [] });
    });

    test("while Slack is unreachable, a reading of 14 minutes counts as stale with its time, and one of 16 does not count", async () => {
      harness.person("U0ANA", "member");
      harness.group("S0LEADS", ["U0ANA"]);
      const read = await harness.directory.account("U0ANA");
      await harness.directory.group("S0LEADS");
      const restore = await harness.cut();
      harness.advance(14 * MINUTE);
      expect(await harness.directory.account("U0ANA")).toEqual({
        ids: ["U0ANA"],
        accountStatus: "member",
        asOf: read?.asOf,
        stale: true,
      });
      expect(await harness.directory.group("S0LEADS")).toMatchObject({ users: ["U0ANA"], stale: true });
      harness.advance(2 * MINUTE);
      expect(await harness.directory.account("U0ANA")).toBeNull();
      expect(await harness.directory.group("S0LEADS")).toBeNull();
      await restore();
      expect(await harness.directory.account("U0ANA")).toMatchObject({ accountStatus: "member", stale: false });
    });
  });
}
