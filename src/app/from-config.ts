import type { RequestReader } from "../domain/verify/origins/asked.js";
import type { JobsBackend } from "../jobs/jobs.js";
import type { Outbound } from "../lib/outbound.js";
import type { OpenedDatabase, OpenOptions } from "../postgres/open.js";
import { createRequestReader } from "../slack/origin/requests.js";
import type { Mode } from "../slack/transport/receiver.js";
import type { Config } from "./config.js";

/* Translates the configuration into the options of the adapters. */

/** Where the trail is stored: a server that the operator runs, or the embedded one. */
export function locationOf(config: Config): OpenOptions["place"] {
  const { database } = config;
  if (database.kind === "embedded") return { kind: "embedded", dataDir: config.dataDir };
  const { url, adminUrl, jobsUrl } = database;
  return {
    kind: "server",
    url: url.reveal(),
    adminUrl: adminUrl?.reveal() ?? null,
    jobsUrl: jobsUrl?.reveal() ?? null,
  };
}

/** What the job queue runs on. */
export function backendOf({ redisUrl }: Config, { jobs }: OpenedDatabase): JobsBackend {
  if (redisUrl !== null) return { kind: "redis", url: redisUrl.reveal() };
  return jobs.pooled ? { kind: "none" } : { kind: "postgres", url: jobs.url };
}

/** What checks requests that are on record; over Socket Mode, Slack signs none. */
export function readerOf(intake: Config["slack"]["intake"]): RequestReader | null {
  return intake.kind === "http" ? createRequestReader([intake.signingSecret]) : null;
}

/** How Slack's requests arrive. */
export function modeOf(intake: Config["slack"]["intake"], { dispatcher }: Outbound): Mode {
  return intake.kind === "http"
    ? { kind: "http", signingSecret: intake.signingSecret.reveal() }
    : { kind: "socket", appToken: intake.appToken.reveal(), dispatcher };
}
