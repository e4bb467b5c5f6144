/** 24 hours in milliseconds. A calendar day is longer or shorter where clocks change: see `office-hours.ts`. */
export const DAY_MS = 24 * 60 * 60 * 1000;
