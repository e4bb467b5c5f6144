import type { Principal } from "../decisions/principal.js";
import type { WithTexts } from "../decisions/texts.js";
import type { ReviewForm } from "./form.js";

/** What is read before somebody does what only the writer of the review may. */
interface ByWriter {
  readonly by: Principal;
  /** Accounts whose role may write the review, read if this person approved the bypass; `null` if that failed. */
  readonly reviewers: readonly string[] | null;
}

/** A command on a review or one of its actions. */
export type ReviewCommand =
  | (ByWriter &
      WithTexts & {
        readonly type: "submit_review";
        readonly form: ReviewForm;
        /** Owners of actions in the form who are not full members of this workspace. */
        readonly strangers: readonly string[];
      })
  | ({ readonly type: "add_view"; readonly by: Principal; readonly line: string } & WithTexts)
  /** `until` is a calendar day in the office-hours zone, such as `2026-12-24`. */
  | (ByWriter & WithTexts & { readonly type: "put_off_review"; readonly until: string; readonly reason: string })
  | (ByWriter &
      WithTexts & {
        readonly type: "put_off_action";
        readonly action: number;
        readonly until: string;
        readonly reason: string;
      })
  | (ByWriter &
      WithTexts & {
        readonly type: "end_action";
        readonly action: number;
        readonly outcome: "done" | "dropped";
        /** Required when the action is dropped. */
        readonly reason: string;
      })
  /** Records the reminders due by now. Refused with `nothing_due`, and harmless, when there are none. */
  | { readonly type: "follow_up" };

/** The command with type `T`. */
export type ReviewCommandOf<T extends ReviewCommand["type"]> = Extract<ReviewCommand, { type: T }>;
