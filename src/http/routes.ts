export { json, type Route, type RouteResponse } from "../lib/route.js";
