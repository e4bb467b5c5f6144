import { rm } from "node:fs/promises";
import { stopPostmaster } from "../db/embedded/postmaster.js";

const [, , data, remove] = process.argv;

async function putAway(): Promise<void> {
  if (data !== undefined) await stopPostmaster(data);
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
