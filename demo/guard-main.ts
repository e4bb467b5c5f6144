import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { stopUnusedServer } from "../src/postgres/embedded/start.js";

/**
 * A server that starts just before the demo dies writes its PID file shortly afterwards, so the guard looks again for
 * half a second.
 */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 50;

const [, , folder, remove] = process.argv;

async function stopServer(): Promise<void> {
  for (let looks = 0; folder !== undefined && looks < LOOKS; looks++) {
    if (await stopUnusedServer(folder)) break;
    await wait(BETWEEN_LOOKS_MS);
  }
  if (remove !== undefined) await rm(remove, { recursive: true, force: true });
}

// The input ends when the demo ends. The demo never writes to it.
process.stdin.on("end", () => {
  stopServer().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();
