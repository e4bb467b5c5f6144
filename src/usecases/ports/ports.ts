/**
 * The ports of the use cases. Adapters import them from here only. The contract suites of the ports are in
 * test/contract.
 */
export type * from "./charts.js";
export type * from "./ci-identity.js";
export type * from "./delivery.js";
export type * from "./digest.js";
export type * from "./environment.js";
export type * from "./gates.js";
export type * from "./pagers.js";
export type * from "./published.js";
export type * from "./queries.js";
export type * from "./slack.js";
export type * from "./trail.js";
export type * from "./trouble.js";
export type * from "./uses.js";
export type * from "./webhooks.js";
