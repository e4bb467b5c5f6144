import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { redisForTests } from "../support/redis.js";

const redis = await redisForTests();
afterAll(() => redis?.stop());

const SETUPS = [
  { how: "over HTTP, one bot, its jobs on PostgreSQL", options: {}, here: true },
  { how: "over Socket Mode", options: { intake: "socket" as const }, here: true },
  { how: "with two bots side by side", options: { instances: 2 }, here: true },
  { how: "with its jobs on Redis", options: redis === null ? {} : { redisUrl: redis.url }, here: redis !== null },
  {
    how: "with two bots and their jobs on Redis",
    options: redis === null ? {} : { redisUrl: redis.url, instances: 2 },
    here: redis !== null,
  },
];

describe.each(SETUPS)("The whole story $how", ({ options, here }) => {
  describe.skipIf(!here)("from declaration to close", () => {
    let on: Journey;
    beforeAll(async () => {
      await redis?.flush();
      on = await openJourney(options);
      const { slack } = on;
      slack.people.add({ id: "U0GONE", name: "gone", displayName: "Gone", deactivated: true });
      slack.people.add({ id: "U0ALIEN", name: "alien", displayName: "Alien", teamId: "T0OTHER", stranger: true });
      slack.groups.set("S0LEADS", ["U0DANA", "U0NOOR", "U0GUEST", "U0GONE", "U0ALIEN"]);
      for (const id of ["U0GONE", "U0ALIEN"]) slack.channels.join(INCIDENTS, id);
    });
    afterAll(() => on.close());

    it("lets only a second person approve, and records everything", async () => {
      const { priya, omar, dana, danaSecondAccount, noor, lee, guest } = on;
      await dana.declares({ Reason: "Login is down & customers <wait>." });
      await on.alertSays(
        "BG-1",
        "@Dana asks to skip",
        "acme/payments-api#4821",
        "INC-219",
        "REV-1",
        "[Approve] [Deny]",
      );
      await dana.getsMessage("BG-1", "waits for an ack", "[Withdraw]");
      await noor.getsMessage("BG-1", "Login is down & customers <wait>.", "[Approve]");

      await dana.approves("BG-1", "alert");
      await dana.isTold("Not approved", "nobody approves their own bypass", "@on-call-leads");
      await danaSecondAccount.approves("BG-1", "alert");
      await danaSecondAccount.isTold("Not approved", "nobody approves their own bypass, from whichever account");
      await lee.approves("BG-1", "alert");
      await lee.isTold("Not approved", "you hold none of the roles");
      await omar.approves("BG-1", "alert");
      await omar.isTold("Not approved", "you hold none of the roles");
      await guest.approves("BG-1", "alert");
      await guest.isTold("Not approved", "guests");
      await on.person("U0GONE").approves("BG-1", "alert");
      await on.person("U0GONE").isTold("Not approved", "deactivated");
      await on.person("U0ALIEN").approves("BG-1", "alert");
      await on.person("U0ALIEN").isTold("Not approved", "another organisation");
      await on.alertSays("BG-1", "BG-1 requested", "[Approve] [Deny]");

      await noor.approves("BG-1");
      await on.threadSays("BG-1", "Approved by @Noor");
      await on.alertSays("BG-1", "BG-1 active", "Approved by @Noor", "[Close] [Revoke]");
      await on.nobodyCanAnswer("BG-1");
      await dana.getsMessage("BG-1", "Approved by @Noor", "Close it as soon as you are done", "[Close]");

      await dana.repliesInThread("BG-1", "log: deployed 9f1c2ab");
      await dana.isTold("Logged to BG-1");
      expect(await noor.types("log BG-1 watched the graphs")).toContain("Logged to BG-1");
      await on.threadSays("BG-1", "watched the graphs");
      await noor.presses("Close", "BG-1", "alert");
      await noor.isTold("Not closed", "who declared it");
      await dana.presses("Close", "BG-1");
      await on.threadSays("BG-1", "Closed by @Dana");
      await on.alertSays("BG-1", "BG-1 closed", "the gates hold again");
      await noor.getsMessage("BG-1 closed", "Closed by @Dana");

      const record = await priya.types("show BG-1");
      expect(record).not.toContain("Login is down");
      const whole = await noor.types("show BG-1");
      for (const words of ["approved by @Noor", "deployed 9f1c2ab", "watched the graphs", "refused", "closed it"])
        expect(whole).toContain(words);
      expect(await on.replies("BG-1", "Approved by @Noor")).toHaveLength(1);
      expect(await on.replies("BG-1", "Closed by @Dana")).toHaveLength(1);
      await on.endsWell();
    });

    it("settles a request once when several people answer at the same time", async () => {
      const { priya, dana, noor } = on;
      await priya.declares();
      await dana.getsMessage("BG-2", "[Approve]");
      await noor.getsMessage("BG-2", "[Approve]");
      await Promise.all([
        dana.approves("BG-2", "dm"),
        noor.approves("BG-2", "alert"),
        dana.approves("BG-2", "alert"),
        noor.approves("BG-2", "dm"),
      ]);
      await on.nobodyCanAnswer("BG-2");
      expect(await on.replies("BG-2", "Approved by")).toHaveLength(1);
      expect(
        on.slack.messages(INCIDENTS).filter(({ text, thread_ts }) => /^BG-2 /.test(text) && !thread_ts),
      ).toHaveLength(1);
      for (const person of [dana, noor]) expect(person.inbox("BG-2")).toHaveLength(1);
      await dana.revokes("BG-2", "Not needed: the cause was elsewhere.");
      await on.threadSays("BG-2", "Revoked by @Dana");
      await priya.getsMessage("BG-2", "Revoked by @Dana", "the cause was elsewhere");
      await on.endsWell();
    });
  });
});
