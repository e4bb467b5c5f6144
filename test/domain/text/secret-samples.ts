/** Put together here, so that no scanner of repositories takes this file for a leak. */
const made = (...parts: string[]): string => parts.join("");

const letters = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2dE3f";

/** Texts that hold a secret, and what it is called. */
export const secrets: [kind: string, text: string][] = [
  ["Slack token", made("it says xo", "xb-123456789012-123456789012-", letters.slice(0, 24))],
  ["Slack token", made("xo", "xp-123456789012-abcdef")],
  ["Slack token", made("xo", "xe.xo", "xp-1-", letters)],
  ["Slack token", made("xa", "pp-1-A012345-", letters)],
  ["Slack webhook", made("curl https://hooks.slack", ".com/services/T0000/B0000/", letters.slice(0, 24))],
  ["GitHub token", made("gh", "p_", letters.slice(0, 36))],
  ["GitHub token", made("remote: gh", "s_", letters.slice(0, 36), " expired")],
  ["GitHub token", made("github", "_pat_11AAAA_", letters)],
  ["GitLab token", made("gl", "pat-", letters.slice(0, 20))],
  ["AWS key", made("key AK", "IA", "IOSFODNN7EXAMPLE")],
  ["Google API key", made("AI", "za", letters.slice(0, 35))],
  ["Stripe key", made("sk", "_live_", letters.slice(0, 24))],
  ["npm token", made("np", "m_", letters.slice(0, 36))],
  ["PagerDuty token", made("u", "+", letters.slice(0, 18))],
  ["API key", made("s", "k-ant-", letters)],
  ["Vault token", made("hv", "s.", letters)],
  ["private key", made("-----BEGIN ", "RSA PRIVATE", " KEY-----\nMIIE")],
  ["private key", made("-----BEGIN ", "PRIVATE", " KEY-----")],
  ["JSON Web Token", made("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0In0.", letters)],
  ["password in an address", made("postgres://app:hun", "ter2@db.internal:5432/app is full")],
  ["password in an address", made("redis://:hun", "ter2@cache:6379")],
  ["authorization header", made("Authorization: Bea", "rer ", letters.slice(0, 24))],
  ["password", "login with password=hunter2 works"],
  ["password", "DB_PASSWORD=correcthorse"],
  ["password", 'set "password": "hunter22long"'],
  ["password", "api_key: 9f8e7d6c5b4a"],
  ["password", made("aws_secret_access_key = ", letters)],
];
