import type { CacheLimits } from "../../lib/checked-cache.js";

const SECOND = 1000;

/**
 * "Checked at the click" means read at most 30 s ago, with a timeout of 1.5 s. When the source cannot answer, an answer
 * of at most 15 minutes counts.
 */
export const CHECKED_AT_THE_CLICK: CacheLimits = { freshMs: 30 * SECOND, usableMs: 15 * 60 * SECOND, waitMs: 1500 };
