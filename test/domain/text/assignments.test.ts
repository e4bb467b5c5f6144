import { describe, expect, test } from "vitest";
import { findSecret } from "../../../src/domain/text/secrets.js";

const isPassword = (text: string): boolean => findSecret(text) !== null;

describe("A value assigned to the name of a secret is a password", () => {
  const passwords = [
    ...[
      "password",
      "passwd",
      "pwd",
      "passphrase",
      "PASSWORD",
      "DB_PASSWORD",
      "pass",
      "pw",
      "db_pass",
      "db-pw",
      "dbpass",
    ],
    ...["user_pass", "admin_pw", "root-pass", "ftp_pass", "smtp_pw"],
  ];
  test.each(passwords)("from four characters on, after %s and an equals sign", (name) => {
    expect(isPassword(`${name}=four`)).toBe(true);
    expect(isPassword(`${name}=six`)).toBe(false);
  });

  test.each(passwords)("from six characters on with letters and digits, after %s and a colon", (name) => {
    expect(isPassword(`${name}: hunt3r`)).toBe(true);
    expect(isPassword(`${name}: hunt3`)).toBe(false);
    expect(isPassword(`${name}: hunter`)).toBe(false);
    expect(isPassword(`${name}: 123456`)).toBe(false);
  });

  const broaderNames = [
    ...["secret", "client_secret", "api_key", "api-key", "apikey", "access_key", "account_key", "private_key"],
    ...["signing_key", "secret_key", "token", "auth_token", "access-token", "refresh_token", "api_token", "bot_token"],
    ...["bottoken", "credential", "credentials"],
  ];
  test.each(broaderNames)("from eight characters on with letters and digits, after %s and either sign", (name) => {
    for (const sign of ["=", ": ", " = ", "\t:\t"]) {
      expect(findSecret(`${name}${sign}hunter22`)).toEqual({ verdict: "likely", kind: "key or token" });
      expect(isPassword(`${name}${sign}hunter2`)).toBe(false);
      expect(isPassword(`${name}${sign}huntertwo`)).toBe(false);
      expect(isPassword(`${name}${sign}123456789`)).toBe(false);
    }
  });

  test.each(['"', "'", "`"])("when %s surrounds the name and the value", (quote) => {
    expect(isPassword(`${quote}password${quote}: ${quote}hunter2${quote}`)).toBe(true);
    expect(isPassword(`${quote}token${quote} = ${quote}hunter2${quote}`)).toBe(false);
  });

  test.each([" ", ",", ";", "&", '"', "'", "`"])("measured up to %j, which ends the value", (end) => {
    expect(isPassword(`token=hunter2${end}hunter2`)).toBe(false);
    expect(isPassword(`password=six${end}six`)).toBe(false);
  });

  test("with at most three spaces on each side of the sign", () => {
    expect(isPassword("password   =   hunter2")).toBe(true);
    expect(isPassword("password    =hunter2")).toBe(false);
    expect(isPassword("password=    hunter2")).toBe(false);
  });

  test("unless it starts like a web address, after a name such as token", () => {
    expect(isPassword("token=https://example.com/42")).toBe(false);
    expect(isPassword("secret: HTTP://example.com/42")).toBe(false);
  });
});

describe("A placeholder assigned to password is not a password", () => {
  const words = [
    ...["null", "nil", "none", "undefined", "empty", "unset", "true", "false", "yes", "no", "on", "off", "required"],
    ...["missing", "invalid", "incorrect", "wrong", "expired", "revoked", "rotated", "reset", "changed", "leaked"],
    ...["denied", "rejected", "redacted", "hidden", "removed", "unknown", "ok", "todo"],
  ];
  test.each(words)("%s", (word) => {
    for (const end of ["", ".", "!?", "...", ")", "]"]) expect(isPassword(`password=${word}${end}`)).toBe(false);
    expect(isPassword(`password=${word.toUpperCase()}`)).toBe(false);
  });

  test.each([
    "<password>",
    "[redacted]",
    "{{ password",
    "(see vault)",
    "$PASSWORD",
    "*****",
    "%PASSWORD%",
    "xxxx",
    "...and-so-on",
    "XXXXXX",
    "....",
  ])("%s", (hidden) => {
    expect(isPassword(`password=${hidden}`)).toBe(false);
  });

  test("unless the value only begins or ends like a placeholder", () => {
    expect(isPassword("password=xxxxy")).toBe(true);
    expect(isPassword("password=yxxxx")).toBe(true);
    expect(isPassword("password=a<bcd>")).toBe(true);
    expect(isPassword("password=xx--")).toBe(true);
  });
});

describe("After the short name pass", () => {
  test.each(["1204", "v2.31", "132/132", "98%", "250ms", "12.5.", "1204)", "1204]"])(
    "the figure %s is not a password",
    (figure) => {
      expect(isPassword(`pass=${figure}`)).toBe(false);
      expect(isPassword(`password=${figure}`)).toBe(figure.length >= 4);
    },
  );

  test.each(["a1204", "1204abcd", "v12a.3456", "1204-", "12//04", "x2.31"])(
    "%s is a password, not a figure",
    (value) => {
      expect(isPassword(`pass=${value}`)).toBe(true);
    },
  );

  test.each(["e2e-suite", "smoke-tests-v3", "INC-2190", "e2e-suite.", "INC-2190)"])(
    "and a colon, the gate or incident %s is not a password",
    (name) => {
      expect(isPassword(`pass: ${name}`)).toBe(false);
      expect(isPassword(`pass=${name}`)).toBe(true);
    },
  );

  test.each(["bypass", "Compass", "lpw", "trespass"])("only: %s is not the name of a secret", (word) => {
    expect(isPassword(`${word}=hunter22`)).toBe(false);
  });
});
