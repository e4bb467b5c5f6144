import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { stopUnusedServer } from "../src/postgres/embedded/start.js";

/** A server that was begun in the demo's last moment puts its name on the data a moment later; another demo's much later. */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 50;

const [, , folder, remove] = process.argv;

async function putAway(): Promise<void> {
  for (let looks = 0; folder !== undefined && looks < LOOKS; looks++) {
    if (await stopUnusedServer(folder)) break;
    await wait(BETWEEN_LOOKS_MS);
  }
  if (remove !== undefined) await rm(remove, { recursive: true, force: true });
}

// The end of the input is the end of the demo. Until then nothing is read from it.
process.stdin.on("end", () => {
  putAway().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();
