import type { Principal } from "../decisions/principal.js";
import type { ReviewForm } from "./form.js";

/** What can be asked of a review and of its actions. */
export type ReviewCommand =
  | {
      readonly type: "submit_review";
      readonly by: Principal;
      readonly form: ReviewForm;
      /** Accounts that may write it by their role; `null` when that could not be read. */
      readonly reviewers: readonly string[] | null;
      /** Owners of actions in the form who are no members of this workspace. */
      readonly strangers: readonly string[];
    }
  | { readonly type: "add_view"; readonly by: Principal; readonly line: string }
  /** `until`: a calendar day in the zone of the office hours, `2026-12-24`. */
  | { readonly type: "put_off_review"; readonly by: Principal; readonly until: string; readonly reason: string }
  | {
      readonly type: "put_off_action";
      readonly by: Principal;
      readonly action: number;
      readonly until: string;
      readonly reason: string;
    }
  | {
      readonly type: "end_action";
      readonly by: Principal;
      readonly action: number;
      readonly outcome: "done" | "dropped";
      /** Asked for when it is dropped. */
      readonly reason: string;
    }
  /** Time has passed: whoever has to be reminded is. Harmless when nobody has. */
  | { readonly type: "follow_up" };

/** The command of one type. */
export type ReviewCommandOf<T extends ReviewCommand["type"]> = Extract<ReviewCommand, { type: T }>;
