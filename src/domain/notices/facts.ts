export type { NoticeFact } from "../events/catalogue/notices.js";
