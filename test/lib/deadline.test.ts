import { expect, test } from "vitest";
import { TooLate, within } from "../../src/lib/deadline.js";

const never = new Promise<never>(() => {});

test("passes on an answer or a failure that arrives in time", async () => {
  await expect(within(60_000, "The server", Promise.resolve(7))).resolves.toBe(7);
  await expect(within(60_000, "The server", Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("throws TooLate with the name of what did not answer in time", async () => {
  const fault: unknown = await within(1, "The server", never).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(TooLate);
  expect(fault).toMatchObject({ code: "too_late", message: "The server did not answer within 1 ms." });
});

test("a failure after the time limit causes no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", note);
  let fail: (error: Error) => void = () => {};
  const slow = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await expect(within(0, "The server", slow)).rejects.toBeInstanceOf(TooLate);
  fail(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
