import { afterAll, beforeAll } from "vitest";
import { GATE_CHECK_PATH } from "../../../src/domain/gate-checks/wire.js";
import { gateCheckEndpointContract } from "../../contract/gate-check-endpoint.js";
import { type EndpointDouble, NO, openEndpointDouble, YES } from "./endpoint-double.js";

let double: EndpointDouble;
beforeAll(async () => {
  double = await openEndpointDouble();
});
afterAll(() => double?.close());

const question = {
  gate: "e2e-suite",
  target: "service:payments",
  commit: "9f1c2ab0".repeat(5),
  run: "jenkins:payments/7",
};

gateCheckEndpointContract("the double", () => ({
  url: () => `${double.url.replace(/\/$/, "")}${GATE_CHECK_PATH}`,
  token: () => "bg_token",
  open: async () => {
    double.behave({ answer: YES });
    return question;
  },
  closed: async () => {
    double.behave({ answer: NO });
    return question;
  },
}));
