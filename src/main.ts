import { createApp } from "./app/app.js";
import { readConfig } from "./app/config.js";
import { EXIT } from "./cli/command.js";
import { unreadEnvFile } from "./cli/unread-env.js";
import { printableLines } from "./domain/text/printable.js";
import { FaultyConfiguration, NotRecorded } from "./lib/errors.js";
import { takeLibraryOutput } from "./lib/library-output.js";
import { createLogger } from "./lib/logger.js";
import { forgetClientSettings } from "./postgres/embedded/client-settings.js";

/** Work that has not finished by then is left to the next start. */
const MAX_STOP_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // An address says everything; two drivers would read these variables in two ways.
  forgetClientSettings(process.env);
  const log = createLogger({ level: config.logLevel });
  takeLibraryOutput(log, console, process);
  const app = createApp(config, { log });
  let stopping = false;
  let started = false;

  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info("stopping", { signal });
    // Before the start completes, only an embedded server could be left behind.
    if (!started && config.database.kind === "server") process.exit(0);
    setTimeout(() => process.exit(1), MAX_STOP_MS).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("stop.failed", { error });
        process.exit(1);
      },
    );
  };
  // SIGHUP means that the terminal was closed. Unhandled, it would leave an embedded server running.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  process.on("unhandledRejection", (error) => log.error("unhandled", { error }));
  await app.start();
  started = true;
}

/** The message for the operator: a known fault's own text, or the stack of an unexpected one. */
function describeFault(fault: unknown): string {
  if (fault instanceof FaultyConfiguration || fault instanceof NotRecorded) return fault.message;
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}

main().catch((fault: unknown) => {
  process.stderr.write(`${printableLines(describeFault(fault)).join("\n")}\n`);
  const unread = fault instanceof FaultyConfiguration ? unreadEnvFile(process.env) : null;
  if (unread !== null) process.stderr.write(`${unread}\n`);
  process.exit(fault instanceof FaultyConfiguration ? EXIT.faultyConfiguration : 1);
});
