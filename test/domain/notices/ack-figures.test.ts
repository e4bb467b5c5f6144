import { describe, expect, test } from "vitest";
import { type Acked, ackFigures } from "../../../src/domain/notices/ack-figures.js";

const acked = (change: Partial<Acked> = {}): Acked => ({
  path: "emergency_deploy",
  seconds: 60,
  requester: "dana",
  approvers: ["leo"],
  ...change,
});
const figuresOf = (...all: readonly Partial<Acked>[]) => ackFigures(all.map(acked))[0];

describe("The figures of acks", () => {
  test("are empty when no bypass was acked", () => {
    expect(ackFigures([])).toEqual([]);
  });

  test("are separate for each path, sorted by name", () => {
    const all = [
      acked({ path: "hotfix", seconds: 30 }),
      acked({ path: "break_lock", seconds: 10 }),
      acked({ path: "hotfix", seconds: 50, approvers: ["mira"] }),
      acked({ path: "emergency_deploy" }),
    ];
    expect(ackFigures(all)).toEqual([
      { path: "break_lock", acks: 1, medianSeconds: 10, pairShare: 1 },
      { path: "emergency_deploy", acks: 1, medianSeconds: 60, pairShare: 1 },
      { path: "hotfix", acks: 2, medianSeconds: 40, pairShare: 0.5 },
    ]);
  });

  test("contain the median: the middle value, or the mean of the two middle values", () => {
    expect(figuresOf({ seconds: 100 }, { seconds: 9 }, { seconds: 20 })?.medianSeconds).toBe(20);
    expect(figuresOf({ seconds: 100 }, { seconds: 9 }, { seconds: 20 }, { seconds: 40 })?.medianSeconds).toBe(30);
    expect(figuresOf({ seconds: 9 })?.medianSeconds).toBe(9);
  });

  test("count each approver of a bypass as an ack, but the bypass once in the median", () => {
    const two = figuresOf({ seconds: 10, approvers: ["leo", "mira"] }, { seconds: 30 }, { seconds: 50 });
    expect(two).toMatchObject({ acks: 4, medianSeconds: 30 });
  });

  test("contain the share of the most frequent pair of requester and approver, in that order", () => {
    const pairs = [
      { approvers: ["leo"] },
      { approvers: ["leo", "mira"] },
      { requester: "leo", approvers: ["dana"] },
      { requester: "noor", approvers: ["mira"] },
    ];
    expect(figuresOf(...pairs)).toMatchObject({ acks: 5, pairShare: 2 / 5 });
    expect(figuresOf({ requester: "a", approvers: ["b,c"] }, { requester: "a,b", approvers: ["c"] })?.pairShare).toBe(
      0.5,
    );
  });

  test("have a pair share of 0 when nobody approved", () => {
    expect(figuresOf({ approvers: [] })).toEqual({
      path: "emergency_deploy",
      acks: 0,
      medianSeconds: 60,
      pairShare: 0,
    });
  });
});
