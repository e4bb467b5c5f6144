import ipaddr from "ipaddr.js";

type Address = ReturnType<typeof ipaddr.parse>;

/** Addresses of a network of one's own, which an operator may allow by name. No other kind but the public one is reached. */
const INNER: readonly string[] = ["private", "loopback", "uniqueLocal", "carrierGradeNat"];

/** What public IPv6 has been given out of. Beside it stand spellings of IPv4 (`::127.0.0.1`) that have no range of their own. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/** Where clouds answer with credentials, in ranges that could otherwise be allowed (AWS, Alibaba). */
const METADATA: readonly string[] = ["fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"];

/** Whether the text is an address or a range (CIDR) that {@link isReachable} takes. */
export function isRange(text: string): boolean {
  const [address = "", bits] = text.split("/", 2);
  const isWhole = bits === undefined ? ipaddr.isValid(text) : ipaddr.isValidCIDR(text);
  // IPv4 has spellings such as `10.1`, which people read differently from programs.
  return isWhole && (address.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(address));
}

/** Whether the text is an IP address as a resolver or a URL gives it, without brackets. */
export const isAddress = (text: string): boolean => ipaddr.isValid(text);

/**
 * Whether a connection to this address is allowed: it is public, or inner and in one of the ranges. Link-local addresses
 * and those where clouds give out credentials are never reached, and neither is what stands for another address (IPv4 in
 * IPv6, NAT64, 6to4, Teredo).
 * @param allowed addresses and ranges, each accepted by {@link isRange}
 */
export function isReachable(address: string, allowed: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (METADATA.some((one) => ipaddr.parse(one).toNormalizedString() === parsed.toNormalizedString())) return false;
  const range = parsed.range();
  if (INNER.includes(range)) return allowed.some((text) => covers(text, parsed));
  return range === "unicast" && (parsed.kind() === "ipv4" || parsed.match(GLOBAL_UNICAST));
}

function covers(text: string, address: Address): boolean {
  if (!isRange(text)) return false;
  const [of, bits] = text.includes("/") ? ipaddr.parseCIDR(text) : whole(ipaddr.parse(text));
  return of.kind() === address.kind() && address.match(of, bits);
}

const whole = (address: Address): [Address, number] => [address, address.kind() === "ipv4" ? 32 : 128];
