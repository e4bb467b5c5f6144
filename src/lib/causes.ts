/** Deeper chains are of nobody's making; a circle of causes would be endless. */
const MOST = 6;

/** The error and what caused it, from the outside in: its `cause`, or each error of an `AggregateError`. */
export function causesOf(fault: unknown, depth = 1): readonly Error[] {
  if (!(fault instanceof Error) || depth > MOST) return [];
  return [fault, ...innerOf(fault).flatMap((inner) => causesOf(inner, depth + 1))];
}

const innerOf = (fault: Error): readonly unknown[] => (fault instanceof AggregateError ? fault.errors : [fault.cause]);

/** The code of an error: that of the operating system, of Node, of a driver or of a server; `null` without one. */
export function codeOf(fault: unknown): string | null {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : null;
}

/** The codes of an error and of what caused it, from the outside in. */
export const codesOf = (fault: unknown): readonly string[] => causesOf(fault).flatMap((cause) => codeOf(cause) ?? []);

/** The codes of the innermost causes; several when more than one address was tried. */
export const innermostCodesOf = (fault: unknown): readonly string[] =>
  causesOf(fault).flatMap((cause) =>
    innerOf(cause).some((inner) => inner instanceof Error) ? [] : (codeOf(cause) ?? []),
  );

const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_|HOSTNAME_MISMATCH)/;

/** Whether a code of Node says that a certificate is not trusted, so that nothing was sent. */
export const isOfCertificate = (code: string): boolean => CERTIFICATE.test(code);
