import { randomBytes } from "node:crypto";
import { type Claims, createClaims } from "../../src/postgres/outbox/claims.js";
import type { Alive } from "../../src/usecases/ports/ports.js";

/** The claims of another process. Without a heartbeat, only their leases count. */
export const newClaims = (): Claims => createClaims(randomBytes(6).toString("hex"));

/** A claim that nobody takes over. */
export const stillMine = (): boolean => true;

/** A process that always counts as alive. */
export const ALWAYS_ALIVE: Alive = { watch: () => stillMine };
