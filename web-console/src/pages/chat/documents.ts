// What the chat asks: the list, a conversation's messages, sending, reading, and the stream that keeps all of it live.
import { ShownMessage } from "~/components/message/documents";
import { graphql, type ResultOf } from "~/graphql";

export const List = graphql(
  `
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
            latestMessage { ...ShownMessage }
          }
        }
      }
    }
  }
`,
  [ShownMessage],
);

export const Messages = graphql(
  `
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
          edges { node { ...ShownMessage } }
        }
      }
    }
  }
`,
  [ShownMessage],
);

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
      ... on MessageChanged { conversation { id } }
      ... on ConversationRead { conversation { id } }
      ... on ConversationChanged { conversation { id } }
    }
  }
`);

type Viewer = NonNullable<ResultOf<typeof List>["viewer"]>;
export type Conversation = Viewer["conversations"]["edges"][number]["node"];
