import { pbkdf2 } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSmallFile } from "../../src/lib/small-file.js";

const hash = promisify(pbkdf2);

test("a file that does not answer is given up at the deadline, is not asked a second time meanwhile, and is read once it answers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-file-"));
  const path = join(folder, "policy.yaml");
  await writeFile(path, "version: 1");
  const read = createSmallFile(path, { maxBytes: 100, deadlineMs: 20 });
  try {
    // As behind a mount that hangs: every thread that could read the file is taken.
    const threads = Array.from({ length: 8 }, () => hash("password", "salt", 400_000, 32, "sha256"));
    const late = { unreadable: "did not answer within 0.02 s" };
    expect(await read()).toEqual(late);
    const atOnce = await Promise.race([read(), new Promise((resolve) => setImmediate(resolve))]);
    expect(atOnce).toEqual(late);
    await Promise.all(threads);
    await expect.poll(read).toEqual({ text: "version: 1" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
