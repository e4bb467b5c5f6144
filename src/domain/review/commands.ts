import type { Principal } from "../decisions/principal.js";
import type { ReviewForm } from "./form.js";

/** A command on a review or one of its actions. */
export type ReviewCommand =
  | {
      readonly type: "submit_review";
      readonly by: Principal;
      readonly form: ReviewForm;
      /** Accounts whose role may write the review; `null` when they could not be read. */
      readonly reviewers: readonly string[] | null;
      /** Owners of actions in the form who are not full members of this workspace. */
      readonly strangers: readonly string[];
    }
  | { readonly type: "add_view"; readonly by: Principal; readonly line: string }
  /** `until` is a calendar day in the office-hours zone, such as `2026-12-24`. */
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
      /** Required when the action is dropped. */
      readonly reason: string;
    }
  /** Records the reminders due by now. Refused with `nothing_due`, and harmless, when there are none. */
  | { readonly type: "follow_up" };

/** The command with type `T`. */
export type ReviewCommandOf<T extends ReviewCommand["type"]> = Extract<ReviewCommand, { type: T }>;
