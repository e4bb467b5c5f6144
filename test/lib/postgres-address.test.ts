import { describe, expect, test } from "vitest";
import { placeOf, readPostgresAddress } from "../../src/lib/postgres-address/address.js";

const BASE = "postgres://bot:secret@db.example.com/breakglass";

function read(text: string) {
  const reading = readPostgresAddress(text);
  if ("faults" in reading) throw new Error(reading.faults.join("\n"));
  const { password, ...address } = reading.address;
  return { ...address, password: password.reveal(), place: placeOf(reading.address) };
}

function faultsOf(text: string): readonly string[] {
  const reading = readPostgresAddress(text);
  return "faults" in reading ? reading.faults : [];
}

describe("an address of PostgreSQL", () => {
  test("is read like libpq reads it, with libpq's defaults", () => {
    expect(read("postgresql://bot:s%40fe%2F%25%3A@db.example.com/breakglass")).toMatchObject({
      user: "bot",
      password: "s@fe/%:",
      database: "breakglass",
      servers: [{ host: "db.example.com", port: 5432, path: null, hostaddr: null }],
      tls: { mode: "prefer", rootFile: null },
      pooled: false,
      writable: false,
    });
  });

  test.each([
    ["postgres://bot@[2001:db8::7]:6432/x", "[2001:db8::7]:6432"],
    ["postgres://bot@%2Fvar%2Frun%2Fpostgresql/x", "/var/run/postgresql/.s.PGSQL.5432"],
    ["postgres://bot@%2Fvar%2Frun%2Fpostgresql:6000/x", "/var/run/postgresql/.s.PGSQL.6000"],
    ["postgres://bot@/x?host=/var/run/postgresql", "/var/run/postgresql/.s.PGSQL.5432"],
    ["postgres:///x?host=/var/run/postgresql/&port=6000&user=bot", "/var/run/postgresql/.s.PGSQL.6000"],
    ["postgres://bot@one,two:6000/x?target_session_attrs=read-write", "one:5432 or two:6000"],
    ["postgres://bot@/x?host=one,two&port=6000", "one:6000 or two:6000"],
    ["postgres://bot@db.example.com/x?hostaddr=10.0.0.7", "db.example.com:5432"],
  ])("%s leads to %s", (text, place) => {
    expect(read(text).place).toBe(place);
  });

  test.each([
    ["?sslmode=require", "require"],
    ["?sslmode=require&sslrootcert=/ca.pem", "verify-ca"],
    ["?sslrootcert=system", "verify-full"],
    ["?ssl=true", "require"],
    ["?sslmode=disable", "disable"],
  ])("with %s has the sslmode %s", (words, mode) => {
    expect(read(BASE + words).tls.mode).toBe(mode);
  });

  test("takes the other words of libpq and of poolers", () => {
    const words = [
      "?application_name=paging&connect_timeout=1&options=-c%20statement_timeout%3D5s&target_session_attrs=primary",
      "&channel_binding=prefer&client_encoding=UTF8&keepalives_idle=30&pgbouncer=true&connection_limit=4&gssencmode=prefer",
    ];
    expect(read(BASE + words.join(""))).toMatchObject({
      applicationName: "paging",
      connectTimeoutMs: 2_000,
      sessionOptions: "-c statement_timeout=5s",
      writable: true,
      keepAliveS: 30,
      pooled: true,
      connectionLimit: 4,
    });
  });
});

describe("an address that cannot be used", () => {
  test.each([
    ["postgres://bot:50%off@db/x", /% in its password .*%25/],
    ["postgres://bot:a/b@db/x", /\/ in its password.*%2F/],
    ["postgres://bot:a@b@db/x", /second @.*%40/],
    ["postgres://bot@db:54321234/x", /port/],
    ["postgres://bot@2001:db8::7/x", /IPv6 address as \[::1\]/],
    ["postgres://bot@db", /names no database: write it at the end/],
    ["postgres://bot@db/", /names no database/],
    ["postgres:///x?user=bot", /names no host/],
    ["mysql://bot@db/x", /postgres:\/\/ or postgresql:\/\//],
    [`${BASE}?channel_binding=require`, /"channel_binding" .*: write channel_binding=prefer/],
    [`${BASE}?schema=public`, /"schema" .*: leave it out/],
    [`${BASE}?sslmode=verify`, /"sslmode" .*: write one of disable, allow, prefer/],
    [`${BASE}?target_session_attrs=standby`, /"target_session_attrs" .*: write read-write/],
    [`${BASE}?client_encoding=LATIN1`, /"client_encoding" .*: write client_encoding=UTF8/],
    [`${BASE}?sslmode=require&sslcert=/c.pem`, /"sslcert" and "sslkey" together/],
    [`${BASE}?sslmode=require&sslrootcert=system`, /sslrootcert=system.*verify-full/],
    [`${BASE}?hots=other`, /the word "hots", which neither libpq nor Breakglass knows/],
    [`${BASE}?sslmode`, /without a value/],
    ["postgres://bot@one,two,three/x?port=1,2", /another number of ports/],
  ])("%s is refused with what to write instead", (text, message) => {
    expect(faultsOf(text)).toContainEqual(expect.stringMatching(message));
  });

  test("is told with all its faults at once, and without the password", () => {
    const faults = faultsOf("postgres://bot:hunter2@db/?schema=hunter2&sslmode=hunter2&hunter2%20or=so");
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain("hunter2");
  });

  test("does not repeat what may be the rest of a password with a raw ?", () => {
    expect(faultsOf("postgres://bot:hun?ter=2@db/x?a=b").join()).not.toContain("hun");
  });
});
