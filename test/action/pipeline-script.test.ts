import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../src/cli/main.js";
import type { ReceiptSigner } from "../../src/usecases/ports/receipts.js";
import { type EndpointDouble, NO, openEndpointDouble, YES } from "../support/gate-checks/endpoint-double.js";
import { FACTS, NOW, newPem, signerWith, TIMES } from "../support/receipts/made.js";

const CHECK = resolve(import.meta.dirname, "../../action/check.mjs");

let double: EndpointDouble;
let signer: ReceiptSigner;
let folder: string;
beforeAll(async () => {
  double = await openEndpointDouble();
  signer = await signerWith(newPem().secret);
  folder = await mkdtemp(join(tmpdir(), "breakglass-pipeline-"));
  await writeFile(join(folder, "jwks.json"), JSON.stringify(signer.jwks()));
});
afterAll(async () => {
  await double?.close();
  await rm(folder, { recursive: true });
});

/** A step of a pipeline as docs/ci.md writes it, run by the shell. The suite fails, so a run that is not skipped is red. */
async function step(url = double.url): Promise<{ code: unknown; log: string }> {
  const args = `--gate ${FACTS.gate} --target ${FACTS.target} --commit ${FACTS.commit} --receipt-file receipt.jwt`;
  const shell = spawn("sh", ["-ec", `"$NODE" "$CHECK" ${args} || { echo "the suite runs"; exit 1; }`], {
    cwd: folder,
    env: {
      NODE: process.execPath,
      CHECK,
      BREAKGLASS_URL: url,
      BREAKGLASS_TOKEN: "bg_token",
      JENKINS_URL: "https://ci.example.com/",
      JOB_NAME: "payments",
      BUILD_NUMBER: "7",
    },
  });
  let log = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (text: Buffer) => (log += text.toString()));
  const [code] = await once(shell, "close");
  return { code, log };
}

/** Whether the kept receipt verifies offline, as of a moment. */
async function verifies(at: number, run: string): Promise<number> {
  const receipt = (await readFile(join(folder, "receipt.jwt"), "utf8")).trim();
  const io = {
    out: () => {},
    err: () => {},
    readFile: (path: string) => readFile(path),
    env: {},
    now: () => new Date(at),
  };
  return runCli(["receipt", "verify", receipt, "--jwks", join(folder, "jwks.json"), "--run", run], io);
}

test("the gate bites, is skipped with a receipt that verifies offline, and bites again", async () => {
  double.behave({ answer: NO });
  expect(await step()).toEqual({
    code: 1,
    log: expect.stringMatching(/^Run e2e-suite: .*no_grant.*\nthe suite runs\n$/),
  });

  const run = "jenkins:payments/7";
  double.behave({ answer: { ...YES, receipt: await signer.sign({ ...FACTS, run }, TIMES) } });
  expect(await step()).toEqual({ code: 0, log: expect.stringMatching(/^Skip e2e-suite: BG-42 is active .*\n$/) });
  expect(double.asked.map(({ question }) => question.run)).toEqual([run]);
  expect(await verifies(NOW + 60_000, run)).toBe(0);
  expect(await verifies(NOW + 60_000, "jenkins:payments/8")).toBe(1);
  expect(await verifies(NOW + 3_600_000, run)).toBe(1);

  double.behave({ answer: { ...NO, reason: "expired", grant: "BG-42" } });
  expect(await step()).toEqual({ code: 1, log: expect.stringContaining("BG-42 has ended (expired).\nthe suite runs") });
});

test("the gate bites while nobody answers", async () => {
  const gone = await openEndpointDouble();
  await gone.close();
  expect(await step(gone.url)).toEqual({ code: 1, log: expect.stringMatching(/no connection .*\nthe suite runs\n$/) });
});
