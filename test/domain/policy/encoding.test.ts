import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { SOUND } from "./fixtures.js";

/** The text of a file, as the bot and the linter decode it. */
const decoded = (bytes: Buffer): string => bytes.toString("utf8");
const KOELN = SOUND.replace("Emergency deploy", "Notfall K\u00f6ln");

function errorsOf(text: string): readonly { readonly line: number; readonly message: string }[] {
  const result = parsePolicy(text, "policy.yaml");
  return result.ok ? [] : result.errors;
}

describe("a policy file in another encoding", () => {
  const littleEndian = Buffer.from(KOELN, "utf16le");
  it.each([
    ["UTF-16 with a byte order mark", Buffer.concat([Buffer.from([0xff, 0xfe]), littleEndian])],
    ["UTF-16 without one", littleEndian],
    ["big-endian UTF-16", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(littleEndian).swap16()])],
  ])("in %s is named as such, once, with the fix", (_what, bytes) => {
    const errors = errorsOf(decoded(bytes));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      line: 1,
      message: expect.stringMatching(/UTF-8, found UTF-16.*iconv -f UTF-16/),
    });
  });

  it("in Latin-1 is named at its first letter beyond ASCII, once, with the fix", () => {
    const errors = errorsOf(decoded(Buffer.from(KOELN, "latin1")));
    const line = KOELN.split("\n").findIndex((one) => one.includes("K\u00f6ln")) + 1;
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      line,
      message: expect.stringMatching(/Latin-1 or Windows-1252: save it as UTF-8/),
    });
  });

  it("in UTF-8, with or without a byte order mark, is fine", () => {
    expect(errorsOf(KOELN)).toEqual([]);
    expect(errorsOf(`\ufeff${KOELN}`)).toEqual([]);
  });
});

describe("values that look right", () => {
  it('says of version: "1" that the quotes are wrong', () => {
    expect(errorsOf(SOUND.replace("version: 1", 'version: "1"')).map(({ message }) => message)).toEqual([
      'expected 1, found the text "1": leave out the quotes',
    ]);
  });

  it("says of 1,200 holidays how many there may be", () => {
    const days = Array.from(
      { length: 1_200 },
      (_, day) => `"${new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)}"`,
    );
    const errors = errorsOf(SOUND.replace(/holidays: \[[^\]]*\]/, `holidays: [${days.join(", ")}]`));
    expect(errors.map(({ message }) => message)).toEqual([
      "expected a list of dates such as 2026-12-25, with at most 1000 entries; found 1200: leave out those that no longer matter",
    ]);
  });
});
