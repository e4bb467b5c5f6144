import { z } from "zod";
import { GATE_CHECK_PATH, gateCheckAnswer, gateCheckRequest, problemDetails } from "../domain/gate-checks/wire.js";
import { json, type Route } from "../lib/route.js";
import { JWKS_PATH } from "./jwks.js";

/** Where the description of the API is served. */
export const OPENAPI_PATH = "/api/v1/openapi.json";

/** What each refusal of a gate check means. */
const REFUSALS = {
  401: "The token proves nothing: it is missing, forged, expired, or not of an issuer in the policy.",
  403: "The token is genuine, and the policy or a rule does not let it ask.",
  413: "The question is too long.",
  422: "The question cannot be read, or the policy has no such gate.",
  503: "Nothing can be recorded or judged now. Ask again later; until then the gate runs.",
} as const;

const schema = (of: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(of);
  return rest;
};

const problems = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
  ]),
);

/** The API as OpenAPI 3.1, made from the schemas that parse requests and answers. */
export const openApi = {
  openapi: "3.1.0",
  info: {
    title: "Breakglass",
    version: "1",
    description: "What pipelines ask Breakglass. Anything but a clear yes means that the gate runs as always.",
  },
  paths: {
    [GATE_CHECK_PATH]: {
      post: {
        operationId: "checkGate",
        summary: "May this run skip the gate?",
        security: [{ pipeline: [] }],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/GateCheckRequest" } } },
        },
        responses: {
          200: {
            description: "The answer, also when it is no.",
            content: { "application/json": { schema: { $ref: "#/components/schemas/GateCheckAnswer" } } },
          },
          ...problems,
        },
      },
    },
    [JWKS_PATH]: {
      get: {
        operationId: "receiptKeys",
        summary: "The keys by which receipts are verified (RFC 7517).",
        security: [],
        responses: {
          200: { description: "The keys.", content: { "application/jwk-set+json": { schema: { type: "object" } } } },
          404: {
            description: "This bot signs no receipts.",
            content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      pipeline: {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description: "The identity token of the job, made for the audience that the policy names.",
      },
    },
    schemas: {
      GateCheckRequest: schema(gateCheckRequest),
      GateCheckAnswer: schema(gateCheckAnswer),
      Problem: schema(problemDetails),
    },
  },
};

/** `GET /api/v1/openapi.json`. */
export function openApiRoute(): Route {
  return { method: "GET", path: OPENAPI_PATH, handle: async () => json(200, openApi) };
}
