// A message inside of a message, as OpenIM's clients keep it: JSON of the clients' own shape, of which nothing is certain.

export interface Quoted {
  sender: string;
  /** The words; empty for a content without words. */
  text: string;
  picture: string | null;
  contentType: number;
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The text that OpenIM's clients keep as `content`, which may be the JSON of the element. */
function element(content: unknown): Fields {
  try {
    return fields(JSON.parse(text(content)));
  } catch {
    return {};
  }
}

export function quoted(value: unknown): Quoted | null {
  const message = fields(value);
  if (Object.keys(message).length === 0) return null;
  const inner = element(message.content);
  const of = (name: string): Fields => ({ ...inner, ...fields(message[name]) });
  const picture = of("pictureElem");
  const words = [
    of("textElem").content,
    of("markdownTextElem").content,
    of("atTextElem").text,
    of("quoteElem").text,
    of("advancedTextElem").text,
    of("mergeElem").title,
    of("fileElem").fileName,
    of("cardElem").nickname,
    of("locationElem").description,
    of("customElem").description,
  ];
  return {
    sender: text(message.senderNickname) || text(message.sendID),
    text: words.map(text).find((candidate) => candidate !== "") ?? "",
    picture: text(fields(picture.snapshotPicture).url) || text(fields(picture.sourcePicture).url) || null,
    contentType: typeof message.contentType === "number" ? message.contentType : 0,
  };
}

/** The messages inside of a merged one, in order; what is no message is left out. */
export function merged(messages: readonly unknown[] | null | undefined): Quoted[] {
  return (messages ?? []).map(quoted).filter((message) => message !== null);
}
