import { describe, test } from "vitest";
import type { Principal } from "../../../src/domain/decisions/principal.js";
import {
  approvedByLeo,
  at,
  attempted,
  by,
  closed,
  declared,
  denied,
  submitted,
  waived,
} from "../../support/domain/lines.js";
import { as, DANA, DANA_AGAIN, LEO, MIRA, member, unverifiable } from "../../support/domain/people.js";
import { given } from "../../support/domain/scenario.js";
import { TOKEN } from "../../support/secrets.js";

const over = [...approvedByLeo(), at("4m", closed)];
const written = [...over, at("5m", submitted(MIRA))];
const refusedEarly = [...declared(), at("1m", denied(LEO)), at("1m", waived)];

describe("The requester's own view", () => {
  const addView = (who: Principal, line = "It was dark.") => ({ type: "add_view", by: who, line }) as const;
  const viewAdded = by(DANA, { type: "review.view_added" }, { line: "It was dark." });

  test("can be added once the bypass is over, before and after the review", () => {
    for (const history of [over, written])
      given(...history)
        .when(addView(DANA), "6m")
        .records(viewAdded);
    given(...approvedByLeo())
      .when(addView(DANA), "6m")
      .refuses("not_over");
    given(...refusedEarly)
      .when(addView(DANA), "6m")
      .refuses("review_waived");
  });

  test("can be added through any account of theirs, including one listed under their name since", () => {
    given(...over)
      .when(addView(DANA_AGAIN), "6m")
      .records({ ...viewAdded, actor: by(DANA_AGAIN, viewAdded.event).actor });
    const third = member("U0DANA3", [], "dana");
    given(...over)
      .when(addView(third), "6m")
      .records({ ...viewAdded, actor: by(third, viewAdded.event).actor });
  });

  test("is refused from anyone else, and from accounts that are not members", () => {
    given(...over)
      .when(addView(LEO), "6m")
      .refuses("not_own_review");
    given(...over)
      .when(addView(as(DANA, "guest")), "6m")
      .refuses("guest", attempted(DANA, "add_view", "guest"));
    given(...over)
      .when(addView(unverifiable(DANA)), "6m")
      .refuses("unverifiable");
  });

  test("can be added 20 times at most", () => {
    const views = (count: number) => Array.from({ length: count }, () => at("5m", viewAdded));
    given(...over, ...views(19))
      .when(addView(DANA), "6m")
      .records(viewAdded);
    given(...over, ...views(20))
      .when(addView(DANA), "6m")
      .refuses("room_full");
  });

  test("is refused when it is empty or holds a secret", () => {
    given(...over)
      .when(addView(DANA, " "), "6m")
      .refuses("reason_missing");
    given(...over)
      .when(addView(DANA, TOKEN), "6m")
      .refuses("text_secret");
  });
});
