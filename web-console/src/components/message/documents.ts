// What is asked of a message to show it, wherever it is shown.
import { graphql, type ResultOf } from "~/graphql";

export const ShownMessage = graphql(`
  fragment ShownMessage on Message @_unmask {
    conversationId
    seq
    senderId
    senderNickname
    senderFaceUrl
    sentAt
    status
    contentType
    source
    editedAt
    revoked { at nickname role by { id nickname } }
    reactions { emoji count }
    content {
      __typename
      ... on TextContent { text }
      ... on AdvancedTextContent { text }
      ... on MarkdownContent { text }
      ... on AtContent { atText: text quoted }
      ... on QuoteContent { quoteText: text quoted }
      ... on PictureContent { snapshot { url width height } big { url } source { url } }
      ... on VoiceContent { url duration }
      ... on VideoContent { url duration snapshotUrl }
      ... on FileContent { name fileUrl: url size }
      ... on CardContent { userId nickname faceUrl }
      ... on LocationContent { description latitude longitude }
      ... on MergerContent { title abstracts messages }
      ... on FaceContent { index data }
      ... on CustomContent { data description }
      ... on SystemNoticeContent { noticeName: name noticeText: text noticeUrl: url picture }
      ... on TypingContent { tips }
      ... on RawContent { json }
    }
  }
`);

export type Shown = ResultOf<typeof ShownMessage>;
export type Content = NonNullable<Shown["content"]>;
