import { describe, expect, test } from "vitest";
import { type GateCheckRequest, gateCheckAnswer, problemDetails } from "../../src/domain/gate-checks/wire.js";

/** An endpoint of gate checks that the suite can bring into each state. */
export interface EndpointGround {
  /** The address of the endpoint itself. */
  url(): string;
  /** A bearer token that it takes. */
  token(): string;
  /** Makes it say yes, and returns the question to which it does. */
  open(): Promise<GateCheckRequest>;
  /** Makes it say no, and returns the question. */
  closed(): Promise<GateCheckRequest>;
}

/** What every endpoint of gate checks does, the double of the client's tests and the real one. */
export function gateCheckEndpointContract(what: string, ground: () => EndpointGround): void {
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(ground().url(), {
      method: "POST",
      headers: { authorization: `Bearer ${ground().token()}`, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  const refuses = async (response: Response, status: number): Promise<void> => {
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(problemDetails.parse(await response.json()).status).toBe(status);
  };

  describe(`the endpoint of gate checks: ${what}`, () => {
    test("says a whole yes", async () => {
      const response = await post(await ground().open());
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toMatch(/^application\/json/);
      expect(gateCheckAnswer.parse(await response.json())).toMatchObject({ open: true, reason: "active_grant" });
    });

    test("says a whole no", async () => {
      const response = await post(await ground().closed());
      expect(response.status).toBe(200);
      expect(gateCheckAnswer.parse(await response.json())).toMatchObject({ open: false, receipt: null });
    });

    test("refuses whoever shows no token, with problem details", async () => {
      const question = await ground().open();
      for (const authorization of ["", "Basic dTpw", "Bearer", "Bearer a b"])
        await refuses(await post(question, { authorization }), 401);
    });

    test("refuses a question that is none, with problem details", async () => {
      const question = await ground().open();
      const { gate: _gate, ...withoutGate } = question;
      for (const other of [
        withoutGate,
        { ...question, gates: ["e2e-suite"] },
        { ...question, gate: "No Gate" },
        { ...question, commit: question.commit.slice(1) },
        { ...question, commit: question.commit.toUpperCase().replace(/\d/g, "A") },
        { ...question, run: "7" },
        { ...question, target: "" },
        { ...question, target: "x".repeat(201) },
        { ...question, run: null },
        [question],
        "null",
        "{",
        "",
      ])
        await refuses(await post(other), 422);
    });
  });
}
