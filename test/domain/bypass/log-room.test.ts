import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/domain/decisions/principal.js";
import { log } from "../../support/domain/commands.js";
import { approvedByLeo, at, by } from "../../support/domain/lines.js";
import { DANA, DANA_AGAIN, LEO, MIRA, member } from "../../support/domain/people.js";
import { given } from "../../support/domain/scenario.js";

const engineer = (number: number): Principal => member(`U0ENG${number}`, ["on-call-engineer"]);
const lead = (number: number): Principal => member(`U0LEAD${number}`, ["on-call-lead"]);
const lines = (who: Principal, count: number) =>
  Array.from({ length: count }, () => at("3m", by(who, { type: "bypass.logged", via: "thread" }, { line: "." })));
const after = (...logged: ReturnType<typeof lines>[]) => given(...approvedByLeo(), ...logged.flat());
const isTaken = (who: Principal, ...logged: ReturnType<typeof lines>[]): boolean =>
  after(...logged).when(log(who, "Restarted."), "4m").decision.ok;
const refusal = (who: Principal, ...logged: ReturnType<typeof lines>[]) =>
  after(...logged).when(log(who, "Restarted."), "4m").decision;

describe("The room of a log", () => {
  test("is 100 lines for one person, whoever they are and through whichever account", () => {
    for (const who of [DANA, LEO, engineer(1)]) {
      expect(isTaken(who, lines(who, 99))).toBe(true);
      expect(refusal(who, lines(who, 100))).toMatchObject({ refusal: { code: "share_full", limit: 100 } });
    }
    expect(refusal(DANA_AGAIN, lines(DANA, 100))).toMatchObject({ refusal: { code: "share_full" } });
  });

  test("is half for those who may only invoke the path, so that nobody of them shuts out approvers and requester", () => {
    const others = [lines(engineer(1), 100), lines(engineer(2), 100), lines(engineer(3), 49)];
    expect(isTaken(engineer(4), ...others)).toBe(true);
    const half = [...others, lines(engineer(3), 1)];
    expect(refusal(engineer(4), ...half)).toMatchObject({ refusal: { code: "room_full", limit: 250 } });
    for (const who of [DANA, LEO, MIRA]) expect(isTaken(who, ...half)).toBe(true);
  });

  test("leaves the requester room when approvers have filled theirs, and approvers when the requester has", () => {
    const others = [lines(engineer(1), 100), lines(engineer(2), 100), lines(engineer(3), 50)];
    const leads = [lines(lead(1), 100), lines(lead(2), 50)];
    expect(refusal(LEO, ...others, ...leads)).toMatchObject({ refusal: { code: "room_full", limit: 400 } });
    expect(isTaken(DANA, ...others, ...leads, lines(DANA, 99))).toBe(true);
    expect(isTaken(LEO, ...others, lines(DANA, 100))).toBe(true);
  });
});
