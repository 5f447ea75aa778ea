// Who asked a user to be friends, or whom the user asked; an open request is answered here.
import { Badge, Button, Group, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { Failed } from "~/components/States";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const COLOURS = { OPEN: "yellow", ACCEPTED: "green", REFUSED: "gray" } as const;

const RequestsOf = graphql(`
  query FriendRequests($user: ID!, $direction: FriendRequestDirection!, $first: Int!, $after: String, $offset: Int) {
    viewer(as: $user) {
      id
      friendRequests(first: $first, after: $after, offset: $offset, direction: $direction) {
        totalCount
        pageInfo { endCursor }
        edges {
          node { fromId toId message reply state createdAt from { id nickname faceUrl } to { id nickname faceUrl } }
        }
      }
    }
  }
`);
const Answer = graphql(`
  mutation AnswerFriendRequest($from: ID!, $to: ID!, $answer: FriendRequestAnswer!) {
    respondToFriendRequest(input: { fromId: $from, toId: $to, answer: $answer }) { status }
  }
`);

type Viewer = NonNullable<ResultOf<typeof RequestsOf>["viewer"]>;
type Request = Viewer["friendRequests"]["edges"][number]["node"];

export function Requests({
  user,
  direction,
  told,
}: {
  user: string;
  direction: "RECEIVED" | "SENT";
  told: (then: () => void) => void;
}) {
  const { t, i18n } = useTranslation();
  const { offset = 0 } = useSearch({ from: "/inside/relations" });
  const [{ error, fetching }, answer] = useMutation(Answer);
  const requests = useLongList(RequestsOf, {
    variables: (place) => ({ ...place, user, direction }),
    read: (data) => data.viewer?.friendRequests,
    offset,
  });

  async function say(request: Request, word: "ACCEPT" | "REFUSE") {
    const result = await answer({ from: request.fromId, to: request.toId, answer: word });
    if (result.data) told(requests.refresh);
  }

  const received = direction === "RECEIVED";
  const columns: Column<Request>[] = [
    {
      head: t(received ? "relations.from" : "relations.to"),
      cell: ({ from, to, fromId, toId }) => {
        const other = received ? from : to;
        return <Person id={received ? fromId : toId} nickname={other?.nickname ?? ""} faceUrl={other?.faceUrl ?? ""} />;
      },
      width: "35%",
    },
    {
      head: t("groups.message"),
      cell: (request) => (
        <Text size="sm" lineClamp={2}>
          {request.message}
        </Text>
      ),
      wide: true,
    },
    { head: t("groups.requestedAt"), cell: (request) => formatTime(request.createdAt, i18n.language), wide: true },
    {
      head: t("groups.answer"),
      cell: (request) =>
        request.state === "OPEN" && received ? (
          <Group gap="xs">
            <Button size="compact-xs" loading={fetching} onClick={() => say(request, "ACCEPT")}>
              {t("groups.accept")}
            </Button>
            <Button size="compact-xs" variant="default" loading={fetching} onClick={() => say(request, "REFUSE")}>
              {t("groups.refuse")}
            </Button>
          </Group>
        ) : (
          <Badge variant="dot" color={COLOURS[request.state]}>
            {t(`requestStates.${request.state}`)}
          </Badge>
        ),
    },
  ];
  return (
    <>
      {error && <Failed error={error} />}
      <LongRows
        label={t(received ? "relations.tabs.received" : "relations.tabs.sent")}
        listed={requests}
        none={t("relations.none.requests")}
        columns={columns}
        offset={offset}
      />
    </>
  );
}
