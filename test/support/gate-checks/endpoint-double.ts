import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GATE_CHECK_PATH,
  type GateCheckAnswer,
  type GateCheckRequest,
  gateCheckAnswer,
  gateCheckRequest,
  type ProblemDetails,
  problemDetails,
} from "../../../src/domain/gate-checks/wire.js";

/** What the double does with the next questions. A fault happens before anything is answered. */
export type Behaviour =
  | { readonly answer: GateCheckAnswer }
  | { readonly problem: ProblemDetails }
  | { readonly raw: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string } }
  /** Closes the connection this many times, and then answers. */
  | { readonly closes: number; readonly answers: GateCheckAnswer }
  | { readonly never: true };

/** A question that came in the form of the seam. */
export interface Asked {
  readonly token: string;
  readonly question: GateCheckRequest;
}

export interface EndpointDouble {
  readonly url: string;
  behave(behaviour: Behaviour): void;
  /** What was asked since the last call of `behave`. */
  readonly asked: readonly Asked[];
  /** Connections and requests since then, the closed ones too. */
  requests(): number;
  /** The variables by which GitHub lets a job fetch its token here. The token names the audience that was asked for. */
  readonly githubIdentity: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const RIGHT = "the-right-to-a-token";

/**
 * The endpoint as its seam describes it: it takes only questions of the schema with a bearer token, and gives only answers of
 * the schema. Beside it stands GitHub's endpoint of identity tokens.
 */
export async function openEndpointDouble(): Promise<EndpointDouble> {
  let behaviour: Behaviour = { never: true };
  let asked: Asked[] = [];
  let requests = 0;

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://double");
    if (url.pathname === "/identity") return giveIdentity(request, response, url);
    requests += 1;
    const body = await bodyOf(request);
    if (url.pathname !== `/here${GATE_CHECK_PATH}` || request.method !== "POST")
      return send(response, problem(404, url.pathname));
    const token = /^Bearer ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) return send(response, problem(401, "no bearer token"));
    if (request.headers["content-type"] !== "application/json") return send(response, problem(422, "no JSON"));
    const question = gateCheckRequest.safeParse(jsonOf(body));
    if (!question.success) return send(response, problem(422, question.error.message));
    asked.push({ token, question: question.data });
    const now = behaviour;
    if ("never" in now) return;
    if ("closes" in now && requests <= now.closes) {
      request.socket.destroy();
      return;
    }
    if ("raw" in now) {
      response.writeHead(now.raw.status, now.raw.headers).end(now.raw.body);
      return;
    }
    if ("problem" in now) return send(response, problemDetails.parse(now.problem));
    const answer = "closes" in now ? now.answers : now.answer;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(gateCheckAnswer.parse(answer)));
  };
  const server = createServer((request, response) => {
    take(request, response).catch((fault: unknown) => response.writeHead(500).end(String(fault)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `${origin}/here/`,
    behave: (next) => {
      behaviour = next;
      asked = [];
      requests = 0;
    },
    get asked() {
      return asked;
    },
    requests: () => requests,
    githubIdentity: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/identity?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: RIGHT,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function giveIdentity(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const isAllowed = request.headers.authorization?.toLowerCase() === `bearer ${RIGHT}`;
  const audience = url.searchParams.get("audience");
  if (!isAllowed || audience === null || url.searchParams.get("api-version") !== "2.0") response.writeHead(403).end();
  else
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ value: `oidc.for.${audience}` }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const problem = (status: number, detail: string): ProblemDetails => ({
  type: "about:blank",
  title: "No",
  status,
  detail,
});

function send(response: ServerResponse, details: ProblemDetails): void {
  response.writeHead(details.status, { "content-type": "application/problem+json" }).end(JSON.stringify(details));
}

const TRAIL = { seq: 57, head: "0123456789abcdef01234567" };

/** A yes for BG-42. */
export const YES = {
  open: true,
  reason: "active_grant",
  grant: "BG-42",
  expires_in_s: 2_460,
  approved_by: ["U0DANA"],
  commit_proven: true,
  trail: TRAIL,
  receipt: "header.payload.signature",
} satisfies GateCheckAnswer;

/** A no for lack of any bypass. */
export const NO = {
  open: false,
  reason: "no_grant",
  grant: null,
  expires_in_s: null,
  approved_by: null,
  commit_proven: false,
  trail: TRAIL,
  receipt: null,
} satisfies GateCheckAnswer;
