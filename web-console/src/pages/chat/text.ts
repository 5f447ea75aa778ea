// What a message says, in a line.
import type { Conversation, Message } from "./documents";

type Content = Message["content"] | NonNullable<Conversation["latestMessage"]>["content"];

/** The words of a content that has words. */
export function words(content: Content): string {
  if (!content) return "";
  if ("text" in content && content.text) return content.text;
  if ("atText" in content && content.atText) return content.atText;
  if ("quoteText" in content && content.quoteText) return content.quoteText;
  if ("name" in content && content.name) return content.name;
  return "";
}

/** The newest message of a conversation in a few words. */
export function preview(message: Conversation["latestMessage"]): string {
  const text = words(message?.content ?? null);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
