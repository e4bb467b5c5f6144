import { describe, expect, test } from "vitest";
import { parseRedisUrl, redisOptionsOf } from "../../src/jobs/redis-address.js";

describe("REDIS_URL", () => {
  test.each<[string, object]>([
    ["redis://cache.example", { host: "cache.example", port: 6379, db: 0 }],
    ["redis://cache.example:6380/3", { host: "cache.example", port: 6380, db: 3 }],
    ["redis://cache.example/?db=4", { host: "cache.example", port: 6379, db: 4 }],
    ["redis://:p%40ss@cache.example/0", { host: "cache.example", port: 6379, db: 0, password: "p@ss" }],
    [
      "rediss://bot:word@cache.example",
      { host: "cache.example", port: 6379, db: 0, username: "bot", password: "word", tls: {} },
    ],
    ["redis://[::1]:6379/1", { host: "::1", port: 6379, db: 1 }],
    ["unix:///run/redis.sock", { path: "/run/redis.sock", db: 0 }],
    ["redis+unix:///run/redis.sock?db=2&password=word", { path: "/run/redis.sock", db: 2, password: "word" }],
  ])("%s is read as it is meant", (url, options) => {
    expect(redisOptionsOf(url)).toEqual(options);
  });

  test.each([
    ["redis:///run/redis.sock", "unix:///path/to/redis.sock"],
    ["redis://cache.example/jobs", "number of a database"],
    ["redis://cache.example/-1", "number of a database"],
    ["redis://cache.example/1?db=2", "twice"],
    ["redis://cache.example/?password=hunter2", "only db=NUMBER"],
    ["redis://:50%@cache.example", "%25"],
    ["redis://:a%zz@cache.example", "%25"],
    ["unix:redis", "socket"],
    ["http://cache.example", "redis://"],
    ["cache.example:6379", "redis://"],
  ])("%s is refused with what to write instead, and without repeating it", (url, words) => {
    const parsed = parseRedisUrl(url);
    if (parsed.ok) throw new Error("It was accepted.");
    expect(parsed.fault).toContain(words);
    expect(parsed.fault).not.toContain("hunter2");
  });
});
