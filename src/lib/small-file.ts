import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { TooLate, within } from "./deadline.js";

/** The text of a file, or why there is none, as the rest of a sentence that begins with its path. */
export type FileText = { readonly text: string } | { readonly unreadable: string };

export interface SmallFileOptions {
  /** In bytes. Nothing of a larger file is returned. */
  readonly maxBytes: number;
  /** In milliseconds, for the whole reading. */
  readonly deadlineMs: number;
}

/**
 * Reads a file that somebody else may change at any time, again and again. It never waits for a pipe or a mount that does not
 * answer, and never reads a device or a file without end into memory: only a regular file is read, or one that a symbolic link
 * leads to.
 * @returns a function that reads the file as it is now and never throws
 */
export function createSmallFile(path: string, { maxBytes, deadlineMs }: SmallFileOptions): () => Promise<FileText> {
  // A reading that does not answer holds one of the few threads for files and names. A second one would hold another.
  let pending: Promise<FileText> | null = null;
  const late: FileText = { unreadable: `did not answer within ${deadlineMs / 1000} s` };
  return async () => {
    if (pending !== null) return late;
    const reading = readRegular(path, maxBytes).finally(() => {
      pending = null;
    });
    pending = reading;
    try {
      return await within(deadlineMs, path, reading);
    } catch (fault) {
      return fault instanceof TooLate ? late : { unreadable: "no such file, or not readable" };
    }
  };
}

async function readRegular(path: string, maxBytes: number): Promise<FileText> {
  // Opening a pipe would otherwise wait until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) return { unreadable: "expected a regular file, found a folder, a pipe or a device" };
    const tooLarge = (size: string): FileText => ({
      unreadable: `expected a file of at most ${maxBytes} bytes, found ${size}; it was not read`,
    });
    if (found.size > maxBytes) return tooLarge(String(found.size));
    // It may grow meanwhile, and some file systems do not know the size.
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    while (length <= maxBytes) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) return { text: bytes.toString("utf8", 0, length) };
      length += bytesRead;
    }
    return tooLarge("more");
  } finally {
    await file.close();
  }
}
