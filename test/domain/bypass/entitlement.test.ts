import { describe, expect, test } from "vitest";
import { ackRoles, maySeeTexts, relevantRoles } from "../../../src/domain/bypass/decide/who-may.js";
import { at, declared, escalated } from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, ENA, IVO, LEO, member, TOM, unverifiable } from "../../support/domain/people.js";
import { samplePolicy } from "../../support/domain/policies.js";
import { stateOf } from "../../support/domain/scenario.js";

const waiting = stateOf(...declared());
const fullyEscalated = stateOf(...declared(), at("5m", escalated(1, "incident-commander")));
const quiet = { ...samplePolicy, rights: { ...samplePolicy.rights, seeAll: [] } };

describe("The free texts of a bypass", () => {
  test("are visible to its requester, those who may approve, its reviewer and the holders of see_all", () => {
    const reviewer = member("U0REV", ["the-reviewers"]);
    const [declaration, review] = declared();
    const event = { type: "review.opened", reviewer: "the-reviewers", dueAt: "2026-03-12T16:00:00.000Z" } as const;
    const reviewed = stateOf(declaration, { ...review, event });
    for (const who of [DANA, DANA_AGAIN, LEO, IVO]) expect(maySeeTexts(samplePolicy, waiting, who)).toBe(true);
    expect(maySeeTexts(samplePolicy, reviewed, reviewer)).toBe(true);
    expect(maySeeTexts(samplePolicy, waiting, reviewer)).toBe(false);
  });

  test("are hidden from other members, including those who may declare", () => {
    for (const who of [TOM, ENA]) expect(maySeeTexts(samplePolicy, waiting, who)).toBe(false);
  });

  test("are visible to a role that the escalation pages, from the page on", () => {
    expect(maySeeTexts(quiet, waiting, IVO)).toBe(false);
    expect(maySeeTexts(quiet, fullyEscalated, IVO)).toBe(true);
  });

  test("are hidden from guests, strangers and anyone who could not be verified, including the requester", () => {
    for (const accountStatus of ["guest", "bot", "deactivated", "foreign"] as const) {
      expect(maySeeTexts(samplePolicy, waiting, as(LEO, accountStatus))).toBe(false);
      expect(maySeeTexts(samplePolicy, waiting, as(DANA, accountStatus))).toBe(false);
    }
    expect(maySeeTexts(samplePolicy, waiting, unverifiable(DANA))).toBe(false);
  });
});

describe("The roles that may approve", () => {
  test("are those of the declaration and those that the escalation has paged, each once", () => {
    expect(ackRoles(waiting)).toEqual(["on-call-lead"]);
    expect(ackRoles(fullyEscalated)).toEqual(["on-call-lead", "incident-commander"]);
  });

  test("are among those read before a decision", () => {
    expect(relevantRoles(samplePolicy, fullyEscalated)).toEqual(
      expect.arrayContaining(["on-call-engineer", "incident-commander", "on-call-lead"]),
    );
    expect(new Set(relevantRoles(samplePolicy, fullyEscalated)).size).toBe(
      relevantRoles(samplePolicy, fullyEscalated).length,
    );
  });
});
