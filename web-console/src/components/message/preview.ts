// What a message says, in a line.
import type { Content, Shown } from "./documents";

/** The words of a content that has words. */
export function words(content: Content | null): string {
  switch (content?.__typename) {
    case "TextContent":
    case "AdvancedTextContent":
    case "MarkdownContent":
      return content.text;
    case "AtContent":
      return content.atText ?? "";
    case "QuoteContent":
      return content.quoteText ?? "";
    case "FileContent":
      return content.name ?? "";
    case "CardContent":
      return content.nickname ?? "";
    case "LocationContent":
    case "CustomContent":
      return content.description ?? "";
    case "MergerContent":
      return content.title ?? "";
    case "SystemNoticeContent":
      return content.noticeText;
    default:
      return "";
  }
}

/** A message in a few words; empty when it has none. */
export function preview(message: Pick<Shown, "content" | "revoked"> | null): string {
  const text = message && !message.revoked ? words(message.content) : "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
