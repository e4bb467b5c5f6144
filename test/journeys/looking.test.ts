import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { ACCESS_KEY } from "../support/secrets.js";

let on: Journey;
beforeAll(async () => {
  on = await openJourney();
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

describe("Without any bypass", () => {
  it("the command says that nothing is open, how it works, and which word was meant", async () => {
    const { priya, lee } = on;
    expect(await lee.types("status")).toContain("Nothing is open");
    expect(await lee.types("reviews")).toContain("No review is open");
    expect(await lee.types("help")).toContain("/breakglass show BG-42");
    expect(await priya.types("stauts")).toContain("Did you mean `/breakglass status`");
    expect(await priya.types("show BG-77")).toContain("there is no BG-77");
    expect(await priya.types("show")).toContain("say which bypass");
    expect(await priya.types("<!channel> now")).toContain("nothing was done");
  });

  it("the command names whom to ask to a person who may invoke nothing, and refuses a guest", async () => {
    const { lee, guest } = on;
    const answer = await lee.types("");
    for (const words of ["Not declared", "your roles do not allow it", "@on-call", "@Dana"])
      expect(answer).toContain(words);
    expect(on.slack.view(lee.id)?.submit).toBeUndefined();
    expect(await guest.types("")).toContain("guests");
    expect(await guest.types("status")).toContain("guests");
  });

  it("the form names all wrong fields at once, records nothing, and keeps the typed text", async () => {
    const { priya } = on;
    const answer = await priya.declares({
      Incident: "219",
      Reason: `The key is ${ACCESS_KEY}`,
      Target: "acme/shop@abc1234",
    });
    expect(answer.errors).toEqual({
      Target: expect.stringContaining("full id of 40 digits"),
      Incident: expect.stringContaining("does not look like an incident id"),
      Reason: expect.stringContaining("holds a secret (AWS access token)"),
    });
    expect(await on.dana.types("status")).toContain("Nothing is open");
    const again = await priya.submits({ Reason: "Login is down.", Target: "service:login" });
    expect(again.errors).toEqual({ Incident: expect.any(String) });
    await priya.submits({ Incident: "INC-7" });
    await on.alertSays("BG-1", "INC-7", "Login is down.", "service:login");
    expect(on.slack.messages("#incidents").filter((one) => JSON.stringify(one).includes(ACCESS_KEY))).toEqual([]);
  });
});

describe("While a bypass is open", () => {
  it("everyone sees its state and times, and only those entitled see its texts", async () => {
    const { priya, dana, lee, noor } = on;
    const mine = await priya.types("status");
    for (const words of ["BG-1", "requested", "declared by you", "[Withdraw]"]) expect(mine).toContain(words);
    const seen = await lee.types("status");
    for (const words of ["BG-1", "requested", "End-to-end suite"]) expect(seen).toContain(words);
    for (const words of ["Login is down.", "service:login"]) expect(seen).not.toContain(words);

    const outline = await lee.types("show BG-1");
    for (const words of ["BG-1 requested", "End-to-end suite", "Declared"]) expect(outline).toContain(words);
    for (const words of ["Login is down.", "service:login", "INC-7"]) expect(outline).not.toContain(words);
    for (const person of [priya, dana, noor]) {
      const whole = await person.types("show BG-1");
      for (const words of ["who @Priya", "service:login", "Login is down.", "INC-7", "REV-1", "Timeline"])
        expect(whole).toContain(words);
    }
    expect(await lee.types("reviews")).toContain("REV-1 of BG-1");

    await on.allIsDelivered();
    await dana.types("status");
    const status = on.slack.ephemerals(dana.id).at(-1);
    if (status === undefined) throw new Error("Dana was shown nothing.");
    await dana.approves("BG-1", status);
    await dana.isTold("Approved by @Dana");
    await on.nobodyCanAnswer("BG-1");
    expect(await priya.types("status")).toContain("left, until");
    expect(await lee.types("close BG-1")).toContain("Not closed");
    expect(await lee.types("log BG-1 I was here")).toContain("Not logged");
    expect(await priya.types(`log BG-1 used ${ACCESS_KEY}`)).toContain("holds a secret");
    expect(await priya.types("close BG-1")).toContain("Closed by @Priya");
    expect(await priya.types("status")).toContain("Nothing is open");
    expect(await priya.types("log BG-1 rotated the password afterwards")).toContain("Logged");
    expect(await on.replies("BG-1", "rotated the password")).toHaveLength(1);
  });
});

describe("A person who was asked and has since lost the role", () => {
  it("keeps a message without target and reason once it is settled; holders of the role keep both", async () => {
    const { priya, dana, noor } = on;
    await priya.declares({ Reason: "Search is down.", Target: "service:search", Incident: "INC-9" });
    for (const asked of [dana, noor]) await asked.getsMessage("BG-2", "Search is down.", "service:search");
    on.slack.groups.set("S0LEADS", ["U0DANA"]);
    await on.minutesPass(1);
    await dana.denies("BG-2", "Search can wait.");
    await on.nobodyCanAnswer("BG-2");
    await on.allIsDelivered();
    const [left] = noor.inbox("BG-2 denied");
    expect(JSON.stringify(left)).toContain("you no longer hold a role");
    for (const words of ["Search is down.", "service:search", "Search can wait."]) {
      expect(JSON.stringify(noor.inbox("BG-2"))).not.toContain(words);
      expect(JSON.stringify(dana.inbox("BG-2 denied"))).toContain(words);
    }
    on.slack.groups.set("S0LEADS", ["U0DANA", "U0NOOR"]);
    await on.minutesPass(1);
  });
});
