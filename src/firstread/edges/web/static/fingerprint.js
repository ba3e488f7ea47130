/** The SHA-256 of a file, by which the server knows a film. */

// A digest needs the whole file in memory; larger ones are sent, and the server finds out whether it knows them.
const LARGEST_BYTES = 64 * 2 ** 20;

/**
 * Return the SHA-256 of a file in hexadecimal.
 *
 * @returns {Promise<string|null>} null where it cannot be had: the browser only digests on pages that came by
 *   HTTPS or from this computer.
 * @throws {DOMException} If the file cannot be read.
 */
export async function fingerprint(file) {
  if (!globalThis.crypto?.subtle || file.size > LARGEST_BYTES) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
