import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Claims, IDS } from "../../../demo/ci/claims.js";
import { type Issuer, openIssuer } from "../../../demo/ci/issuer.js";
import { GATE_CHECK_PATH } from "../../../src/domain/gate-checks/forms.js";
import type { GateCheckRequest } from "../../../src/domain/gate-checks/wire.js";
import { type Journey, type JourneyOptions, openJourney } from "../journey/journey.js";
import { policyOnDisk, samplePolicy } from "../journey/policies.js";
import { ISSUER, newPem } from "../receipts/made.js";

/** A commit of the pipeline's repository, which a run on a push proves. */
export const TARGET = `acme/payments-api@${IDS.sha}`;
/** A pull request of it. */
export const PULL_REQUEST = "acme/payments-api#4821";

/** A journey whose repository has a pipeline. */
export interface PipelineJourney {
  readonly on: Journey;
  readonly issuer: Issuer;
  /** The address of gate checks. */
  readonly url: string;
  /** The question of a run of GitHub Actions on a push. */
  question(run?: number, of?: Partial<GateCheckRequest>): GateCheckRequest;
  /** A token of such a run. */
  token(run?: number, claims?: Claims): Promise<string>;
  /** Asks with the token of the run. */
  asks(question: GateCheckRequest, token: string): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

/** Opens it. `more` is added to the entry of the issuer in the policy. */
export async function openPipelineJourney(more = "", options: JourneyOptions = {}): Promise<PipelineJourney> {
  const issuer = await openIssuer("github");
  const folder = await mkdtemp(join(tmpdir(), "breakglass-receipts-"));
  const keyFile = join(folder, "receipts.pem");
  await writeFile(keyFile, newPem().secret, { mode: 0o600 });
  const policy = await policyOnDisk(`${await samplePolicy()}
ci:
  issuers:
    - provider: github
      issuer: ${issuer.url}
      audience: breakglass
      repositories: [{ id: "${IDS.github.repository}", owner_id: "${IDS.github.owner}" }]
${more}`);
  const on = await openJourney({
    ...options,
    policyFile: policy.file,
    env: { RECEIPT_KEY_FILE: keyFile, PUBLIC_URL: ISSUER, ...options.env },
  });
  const url = `http://127.0.0.1:${on.testApp.ports[0]}${GATE_CHECK_PATH}`;
  return {
    on,
    issuer,
    url,
    question: (run = 1, of = {}) => ({
      ...{ gate: "e2e-suite", target: TARGET, commit: IDS.sha, run: `github:${IDS.github.repository}/${run}/1` },
      ...of,
    }),
    token: (run = 1, claims = {}) =>
      issuer.mint(Math.floor(Date.now() / 1_000), "breakglass", { claims: { run_id: `${run}`, ...claims } }),
    asks: async (question, token) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(question),
      });
      return { status: response.status, body: await response.json() };
    },
    close: async () => {
      await on.close();
      await policy.remove();
      await issuer.stop();
      await rm(folder, { recursive: true });
    },
  };
}
