// Who is online now, on all processes; asked again when a process tells that somebody came or went.
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSubscription } from "urql";
import { useHeld } from "~/app/live";
import { LongRows } from "~/components/LongRows";
import { useLongList } from "~/components/useLongList";
import { graphql } from "~/graphql";
import { ListedUser, useColumns } from "./columns";

const OnlineUsers = graphql(
  `
    query OnlineUsers($first: Int!, $after: String, $offset: Int) {
      admin {
        onlineUsers(first: $first, after: $after, offset: $offset) {
          totalCount
          pageInfo { endCursor }
          edges { node { ...ListedUser } }
        }
      }
    }
  `,
  [ListedUser],
);

const Counts = graphql(`
  subscription OnlineCounts {
    nodeReports { node { id figures { onlineUsers } } }
  }
`);

export function Online({ offset, open }: { offset: number; open: (user: ListedUser) => void }) {
  const { t } = useTranslation();
  const held = useHeld();
  const counts = useRef(new Map<string, number>());
  const users = useLongList(OnlineUsers, {
    variables: (place) => ({ ...place }),
    read: (data) => data.admin?.onlineUsers,
    offset,
  });
  useSubscription({ query: Counts, pause: held }, (_, data) => {
    const { id, figures } = data.nodeReports.node;
    if (counts.current.get(id) !== figures.onlineUsers) users.refresh();
    counts.current.set(id, figures.onlineUsers);
    return data;
  });
  return (
    <LongRows
      label={t("users.onlineNow")}
      listed={users}
      none={t("users.nobodyOnline")}
      columns={useColumns()}
      open={open}
      offset={offset}
    />
  );
}
