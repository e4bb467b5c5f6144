/** The code of a `later` that is no failure: this process was taken for dead, so it leaves the effect to the others. */
export const TAKEN_OVER = "taken_over";
