import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import { openReceiver, type Receiver, secretOf, typesOf } from "../support/webhooks/receiver.js";

const ESCALATION = { Path: "escalation", Gates: ["e2e-suite"] };
const SECRET = secretOf(7);

let on: Journey;
let audit: Receiver;
let policy: PolicyOnDisk;

const webhooks = (url: string): string => `webhooks:
  - name: audit
    url: ${url}
    events: ["bypass.*", "review.*", "gate.*"]
    allow_private: [127.0.0.1]
`;

beforeAll(async () => {
  audit = await openReceiver(SECRET);
  policy = await policyOnDisk(`${FOUR_PATHS}${webhooks(audit.url)}`);
  on = await openJourney({ policyFile: policy.file, env: { WEBHOOK_SECRET_AUDIT: SECRET } });
});
afterEach(async () => {
  await on.endsWell();
  expect(audit.faults).toEqual([]);
});
afterAll(async () => {
  await on.close();
  await audit.stop();
  await policy.remove();
});

describe("A webhook", () => {
  it("is told of an approved bypass from the request to its end, in order, signed and without a word that was typed", async () => {
    await on.priya.declares({ ...ESCALATION, Reason: "Checkout is down for every customer." });
    await on.noor.approves("BG-1");
    await on.minutesPass(61);
    await on.alertSays("BG-1", "BG-1 expired");
    await on.allIsDelivered();
    expect(typesOf(audit.accepted, "BG-1")).toEqual([
      "breakglass.bypass.declared",
      "breakglass.review.opened",
      "breakglass.bypass.activated",
      "breakglass.bypass.expired",
    ]);
    expect(JSON.stringify(audit.accepted)).not.toContain("Checkout");
  });
});
