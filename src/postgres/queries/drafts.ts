import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { drafts } from "../schema.js";

/** A stored draft. One that another release wrote in another shape is treated as missing. */
const form: z.ZodType<ReviewForm> = z.object({
  edition: z.int(),
  verdict: z.enum(VERDICTS).nullable(),
  gatesAtFault: z.array(z.string()),
  forcedBy: z.enum(FORCES).nullable(),
  aftermath: z.enum(AFTERMATHS).nullable(),
  lesson: z.string(),
  actions: z.array(z.object({ what: z.string(), owner: z.string().nullable(), due: z.string().nullable() })),
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
