/** What has been sent so far about work that is followed up. Moments are ISO 8601 in UTC. */
export interface FollowUpProgress {
  /** The slot of the newest reminder; `null` before the first. */
  readonly remindedTo: string | null;
  /** The work was named in the channel as overdue. */
  readonly announced: boolean;
  readonly escalated: boolean;
  /** No reminder goes out before this moment. */
  readonly putOffUntil: string | null;
}

export const NOT_FOLLOWED_UP: FollowUpProgress = {
  remindedTo: null,
  announced: false,
  escalated: false,
  putOffUntil: null,
};
