interface Body {
  readonly body: {
    getReader(): {
      cancel(): Promise<void>;
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    };
  } | null;
}

/**
 * The text of a response of at most so many bytes.
 * @returns `null` when it is longer; the rest is not read
 */
export async function readAtMost(bytes: number, { body }: Body): Promise<string | null> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = bytes;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return text + decoder.decode();
    left -= value.byteLength;
    if (left < 0) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
