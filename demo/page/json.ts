export { isObject, type JsonObject, objectAt, objectsAt, textAt } from "../slack/json.js";
