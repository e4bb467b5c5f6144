/** An IPv4 address inside an IPv6 one, as a server that listens on both sees it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The part of a remote address that one caller cannot choose at will: an IPv4 address, or the first 64 bits of an IPv6
 * address, because a single line is commonly given all that follow them.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  return `${[...first, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}
