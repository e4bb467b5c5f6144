import { randomBytes } from "node:crypto";
import { createMetrics } from "../http/metrics.js";
import { createLogger, type Logger } from "../lib/logger.js";
import { createOutbound } from "../lib/outbound.js";
import { createPrecedence } from "../lib/precedence.js";
import { RELEASE } from "../lib/release.js";
import { openDatabase } from "../postgres/open.js";
import { createRefusedMethods } from "../slack/health/refused-methods.js";
import type { Instance } from "../usecases/commands/record-process.js";
import { workload } from "../usecases/maintenance/self-check.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
import { createAdapters } from "./adapters.js";
import type { Config } from "./config.js";
import { createEntryPoints } from "./entry-points.js";
import type { Foundation, Overrides } from "./foundation.js";
import { backendOf, locationOf } from "./from-config.js";
import { type Running, run, type Services } from "./lifecycle.js";
import { openPolicyFile } from "./policy/policy-file.js";
import { openReceipts } from "./receipts.js";
import { createUseCases } from "./use-cases.js";

export type { Overrides } from "./foundation.js";

/** A bot that can be started and stopped once. */
export interface App {
  /**
   * Resolves when the app can record and listens. Throws `FaultyConfiguration` when the configuration prevents that.
   */
  start(): Promise<{ readonly port: number }>;
  /** Accepts nothing new and finishes what is in flight, within 10 s. */
  stop(): Promise<void>;
}

/** The composition root: the only place where the parts are put together. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLogger({ level: config.logLevel });
  let starting: Promise<Running> | null = null;
  return {
    start: async () => {
      starting = assemble(config, overrides, log);
      return { port: (await starting).port };
    },
    // A stop during the start waits for the start to end, or the embedded server would be left running.
    stop: async () => {
      const stopping = starting;
      starting = null;
      await (await stopping?.catch(() => null))?.stop();
    },
  };
}

async function assemble(config: Config, overrides: Overrides, log: Logger): Promise<Running> {
  const policy = await openPolicyFile(config.policyFile, log);
  const receipts = await openReceipts(config);
  const opened = await openDatabase({
    place: locationOf(config),
    jobsHere: config.redisUrl === null,
    keepClock: overrides.clockOffsetMs !== undefined,
    newSecret: () => randomBytes(24).toString("hex"),
    say: overrides.say ?? ((line, level = "info") => log[level]("database", { hint: line })),
  });
  try {
    const clockOffsetMs = overrides.clockOffsetMs ?? (() => 0);
    const now = (): number => Date.now() + clockOffsetMs();
    const foundation: Foundation = {
      config,
      overrides,
      log,
      policy,
      opened,
      now,
      out: createOutbound(config.proxy, log, hintOf),
      precedence: createPrecedence(),
      receipts,
    };
    const services = compose(foundation);
    const running = await run(services, config.http);
    overrides.onStarted?.(services);
    return running;
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

/** Creates all services and starts none. */
function compose(foundation: Foundation): Services {
  const { config, log, policy, opened } = foundation;
  const instance: Instance = { id: randomBytes(6).toString("hex"), release: RELEASE };
  const refused = createRefusedMethods(log);
  const metrics = createMetrics({
    read: () => workload(useCases.context),
    refused: refused.inForce,
    release: RELEASE,
  });
  const adapters = createAdapters(foundation, metrics, refused);
  const useCases = createUseCases(foundation, adapters, instance, metrics);
  const slack = createEntryPoints(foundation, adapters, useCases);
  const { context, jobs, heartbeat, restored } = useCases;
  const kinds = { intake: config.slack.intake.kind, jobs: backendOf(config, opened).kind };
  return {
    context,
    jobs,
    heartbeat,
    restored,
    slack,
    opened,
    policy,
    instance,
    log,
    kinds,
    nameUnknownIds: adapters.nameUnknownIds,
  };
}
