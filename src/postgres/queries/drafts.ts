import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { readDay } from "../../domain/calendar/days.js";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import { isAccount } from "../../domain/events/invariants.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { drafts } from "../schema.js";

const account = z.string().refine(isAccount);
const day = z.string().refine((text) => readDay(text) !== null);

/**
 * A stored draft. The run-time role may store anything, so one in another shape is treated as missing: the form opens
 * without it, and the next draft that is saved there replaces it. Long texts are cut by the inputs; the table limits the whole.
 */
const form: z.ZodType<ReviewForm> = z.object({
  edition: z.int().min(0),
  verdict: z.enum(VERDICTS).nullable(),
  gatesAtFault: z.array(z.string()),
  forcedBy: z.enum(FORCES).nullable(),
  aftermath: z.enum(AFTERMATHS).nullable(),
  lesson: z.string(),
  actions: z.array(z.object({ what: z.string(), owner: account.nullable(), due: day.nullable() })),
});

/** Reads drafts of reviews. */
export function createDraftQuery({ prepare }: QueryRunner) {
  const draft = prepare("draft of a review", (db, param: ParamOf<{ n: number; account: string }>) =>
    db
      .select({ content: drafts.content })
      .from(drafts)
      .where(and(eq(drafts.n, param("n")), eq(drafts.account, param("account")))),
  );

  return async (n: number, account: string): Promise<ReviewForm | null> => {
    const [saved] = await draft({ n, account });
    return form.safeParse(saved?.content).data ?? null;
  };
}
