// What the chat asks: the list, a conversation's messages, sending, reading, and the stream that keeps all of it live.
import { graphql, type ResultOf } from "~/graphql";

export const List = graphql(`
  query ChatList {
    viewer {
      id
      conversations(first: 50) {
        totalUnread
        edges {
          node {
            id
            kind
            unreadCount
            peer { id nickname faceUrl }
            group { id name faceUrl }
            latestMessage { seq sentAt rawText content { __typename ... on TextContent { text } } }
          }
        }
      }
    }
  }
`);

export const Messages = graphql(`
  query ChatMessages($id: ID!, $before: String) {
    viewer {
      id
      conversation(id: $id) {
        id
        ownerId
        maxSeq
        kind
        peer { id nickname }
        group { id name }
        messages(last: 50, before: $before) {
          pageInfo { hasPreviousPage startCursor }
          edges {
            node {
              seq
              senderId
              senderNickname
              sentAt
              status
              contentType
              content {
                __typename
                ... on TextContent { text }
                ... on MarkdownContent { text }
                ... on AtContent { atText: text }
                ... on QuoteContent { quoteText: text }
                ... on PictureContent { source { url } snapshot { url } }
                ... on FileContent { name url size }
              }
            }
          }
        }
      }
    }
  }
`);

export const Send = graphql(`
  mutation ChatSend($recipient: RecipientInput!, $key: ID!, $text: String!) {
    sendMessage(input: { recipient: $recipient, clientMessageId: $key, content: { text: { text: $text } } }) { message { seq } }
  }
`);

export const Read = graphql(`
  mutation ChatRead($id: ID!, $seq: Long!) {
    markConversationRead(input: { conversationId: $id, readSeq: $seq }) { conversation { id unreadCount } }
  }
`);

export const Events = graphql(`
  subscription ChatEvents {
    events {
      __typename
      ... on MessageAdded { conversation { id } }
      ... on ConversationRead { conversation { id } }
      ... on ConversationChanged { conversation { id } }
    }
  }
`);

type Viewer = NonNullable<ResultOf<typeof List>["viewer"]>;
export type Conversation = Viewer["conversations"]["edges"][number]["node"];
type Opened = NonNullable<NonNullable<ResultOf<typeof Messages>["viewer"]>["conversation"]>;
export type Message = Opened["messages"]["edges"][number]["node"];
