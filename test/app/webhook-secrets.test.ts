import { describe, expect, it } from "vitest";
import { readWebhookSecrets, secretVariable } from "../../src/app/webhook-secrets.js";
import { secretOf } from "../support/webhooks/receiver.js";

const revealed = (env: Readonly<Record<string, string>>) =>
  [...readWebhookSecrets(env).secrets].map(([name, secrets]) => [name, secrets.map((secret) => secret.reveal())]);

describe("The secrets of webhooks", () => {
  it("belong to the webhook of the variable's name, the newest first", () => {
    const [first, second] = [secretOf(1), secretOf(2)];
    expect(secretVariable("audit-log")).toBe("WEBHOOK_SECRET_AUDIT_LOG");
    expect(
      revealed({ WEBHOOK_SECRET_AUDIT_LOG: ` ${second}  ${first}`, WEBHOOK_SECRET_SIEM: first, PORT: "1" }),
    ).toEqual([
      ["audit-log", [second, first]],
      ["siem", [first]],
    ]);
    expect(readWebhookSecrets({ WEBHOOK_SECRET_AUDIT_LOG: first }).faults).toEqual([]);
  });

  it.each([
    ["a password", "correct-horse-battery"],
    ["a secret without its prefix", secretOf(1).slice("whsec_".length)],
    ["a short secret", `whsec_${Buffer.alloc(23).toString("base64")}`],
    ["a long secret", `whsec_${Buffer.alloc(65).toString("base64")}`],
    ["what is no Base64", `whsec_${"*".repeat(44)}`],
    ["a private key of the asymmetric form", `whsk_${Buffer.alloc(64).toString("base64")}`],
    ["one sound and one faulty", `${secretOf(1)} secret`],
    ["six secrets", Array.from({ length: 6 }, (_, byte) => secretOf(byte)).join(" ")],
  ])("are refused when one is %s, without repeating it", (_, value) => {
    const { faults } = readWebhookSecrets({ WEBHOOK_SECRET_AUDIT: value });
    expect(faults).toEqual([expect.stringMatching(/^WEBHOOK_SECRET_AUDIT /)]);
    for (const part of value.split(" ")) expect(faults[0]).not.toContain(part);
  });
});
