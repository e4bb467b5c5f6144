/** How far something that is followUp has been followUp. Moments are ISO 8601 in UTC. */
export interface FollowUpProgress {
  /** The slot of the newest reminder; `null` before the first. */
  readonly remindedTo: string | null;
  /** It was named in the channel as overdue. */
  readonly told: boolean;
  readonly escalated: boolean;
  /** Left alone until then. */
  readonly putOffUntil: string | null;
}

export const NOT_FOLLOWED_UP: FollowUpProgress = {
  remindedTo: null,
  told: false,
  escalated: false,
  putOffUntil: null,
};
