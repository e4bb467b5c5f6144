/** A day of 24 hours. A day of the calendar is longer or shorter where clocks are changed: see the office hours. */
export const DAY_MS = 24 * 60 * 60 * 1000;
