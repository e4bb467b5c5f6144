/**
 * What the use cases need from the world, by what it is about. Whoever implements a port imports from here alone. The
 * contract suites of the ports stand under test/contract.
 */
export type * from "./charts.js";
export type * from "./delivery.js";
export type * from "./digest.js";
export type * from "./gates.js";
export type * from "./pagers.js";
export type * from "./policy.js";
export type * from "./queries.js";
export type * from "./slack.js";
export type * from "./small.js";
export type * from "./trail.js";
