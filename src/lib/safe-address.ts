const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address, if what is sent there cannot be read or changed on the way: `https://`, or `http://` on this machine. No user
 * and password, which would end up in logs.
 * @returns `null` for any other
 */
export function safeAddress(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const safe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return safe && url.username === "" && url.password === "" ? url : null;
}
