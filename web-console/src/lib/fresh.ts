// Ids that nobody else makes. `crypto.randomUUID` exists only where the page came over TLS or from this machine.

/** Makes 32 random hexadecimal digits. */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
