/** Returns an address that people wrote if following it is harmless: of the web, or of this server. */
export function safeUrl(text: string | null | undefined): string | null {
  if (!text) return null;
  try {
    const url = new URL(text, "https://here.invalid");
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    // Without a name of its own it is a path of this server; anything else would be a guess.
    return url.host === "here.invalid" && !text.startsWith("/") ? null : text;
  } catch {
    return null;
  }
}
