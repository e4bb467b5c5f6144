/**
 * What the use cases need from the world, by what it is about. Whoever implements a port imports from here alone. The
 * contract suites of the ports stand under test/contract.
 */
export type * from "./ports/charts.js";
export type * from "./ports/delivery.js";
export type * from "./ports/digest.js";
export type * from "./ports/gates.js";
export type * from "./ports/pagers.js";
export type * from "./ports/policy.js";
export type * from "./ports/queries.js";
export type * from "./ports/slack.js";
export type * from "./ports/small.js";
export type * from "./ports/trail.js";
