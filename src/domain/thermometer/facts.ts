export { type GateFact, isGateFact, type SickBecause } from "../events/catalogue/gate.js";
