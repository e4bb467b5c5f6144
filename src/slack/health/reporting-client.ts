import { type WebAPICallResult, WebAPIPlatformError, WebClient } from "@slack/web-api";
import type { CallReport } from "./refused-methods.js";

/** Hears of every answer of Slack, performed or refused. Calls without an answer are not reported. */
export type ReportCall = (report: CallReport) => void;

/** Slack's client, which reports each answer. */
export class ReportingClient extends WebClient {
  readonly #report: ReportCall;

  constructor(report: ReportCall, ...settings: ConstructorParameters<typeof WebClient>) {
    super(...settings);
    this.#report = report;
  }

  override async apiCall(...[method, options]: Parameters<WebClient["apiCall"]>): Promise<WebAPICallResult> {
    try {
      const answer = await super.apiCall(method, options);
      this.#report({ method, code: null, needed: null, scopes: scopesOf(answer) });
      return answer;
    } catch (fault) {
      if (fault instanceof WebAPIPlatformError) this.#report(refusalReport(method, fault));
      throw fault;
    }
  }
}

/** What a refusal of Slack says about the installation. */
export function refusalReport(method: string, { data }: WebAPIPlatformError): CallReport {
  const needed = "needed" in data && typeof data.needed === "string" && data.needed !== "" ? data.needed : null;
  return { method, code: data.error, needed, scopes: scopesOf(data) };
}

const scopesOf = ({ response_metadata }: WebAPICallResult): readonly string[] | null =>
  response_metadata?.scopes ?? null;
