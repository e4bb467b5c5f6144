import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReceipts } from "../../../src/app/receipts.js";
import { readKeyFile } from "../../../src/ci/receipts/key-file.js";
import { FaultyConfiguration } from "../../../src/lib/errors.js";
import { ISSUER, keysIn, newPem } from "../../support/receipts/made.js";

let folder: string;
const { secret } = newPem();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-key-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function keyFile(mode: number, text = secret): Promise<string> {
  const path = join(folder, `${mode.toString(8)}-${text.length}.pem`);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

test.each([0o600, 0o400, 0o440, 0o640])("a key file of mode %o is read", async (mode) => {
  const read = await readKeyFile(await keyFile(mode));
  expect("keys" in read && read.keys.published).toEqual((await keysIn(secret)).published);
});

test.each([0o644, 0o604, 0o601, 0o660, 0o666])("one of mode %o is refused: it is no secret", async (mode) => {
  expect(await readKeyFile(await keyFile(mode))).toEqual({
    faults: [expect.stringMatching(/^has mode 0\d{3}, so others may read or change the key; chmod 600/)],
  });
});

test("the mode is that of the file which a link leads to, as Kubernetes mounts them", async () => {
  const link = join(folder, "link.pem");
  await symlink(await keyFile(0o644, `${secret}\n`), link);
  expect(await readKeyFile(link)).toEqual({ faults: [expect.stringContaining("mode 0644")] });
});

test("a folder, nothing at all, and a file without end are no key file", async () => {
  for (const path of [folder, join(folder, "nothing"), "/dev/zero"])
    expect(await readKeyFile(path)).toEqual({
      faults: [expect.stringMatching(/expected a regular file|no such file/)],
    });
});

test("the bot does not start with a faulty one, and says what is wrong; without one there is no signer", async () => {
  const receipts = { keyFile: await keyFile(0o644), issuer: ISSUER };
  const start = openReceipts({ receipts });
  await expect(start).rejects.toThrow(FaultyConfiguration);
  await expect(start).rejects.toThrow(/cannot sign receipts[\s\S]*RECEIPT_KEY_FILE: .*has mode 0644/);
  expect(await openReceipts({ receipts: null })).toBeNull();
});
