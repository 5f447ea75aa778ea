// Whom a user has blocked, and taking somebody off that list.
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import type { Question } from "~/components/Confirm";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const BlacksOf = graphql(`
  query Blacks($user: ID!, $first: Int!, $after: String, $offset: Int) {
    viewer(as: $user) {
      id
      blacks(first: $first, after: $after, offset: $offset) {
        totalCount
        pageInfo { endCursor }
        edges { node { blockedId createdAt user { id nickname faceUrl } } }
      }
    }
  }
`);
const Unblock = graphql(`
  mutation Unblock($user: ID!, $blocked: ID!) {
    unblockUser(input: { ownerId: $user, blockedId: $blocked }) { changed }
  }
`);

type Viewer = NonNullable<ResultOf<typeof BlacksOf>["viewer"]>;
type Black = Viewer["blacks"]["edges"][number]["node"];

export function Blacks({ user, ask }: { user: string; ask: (question: Question, then: () => void) => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { offset = 0 } = useSearch({ from: "/inside/relations" });
  const [, unblock] = useMutation(Unblock);
  const blacks = useLongList(BlacksOf, {
    variables: (place) => ({ ...place, user }),
    read: (data) => data.viewer?.blacks,
    offset,
  });
  const columns: Column<Black>[] = [
    {
      head: t("relations.blocked"),
      cell: (black) => (
        <Person id={black.blockedId} nickname={black.user?.nickname ?? ""} faceUrl={black.user?.faceUrl ?? ""} />
      ),
      width: "45%",
    },
    { head: t("relations.since"), cell: (black) => formatTime(black.createdAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: ({ blockedId }) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("relations.unblockOne", { id: blockedId })}
          onClick={() =>
            ask(
              {
                title: t("relations.unblock"),
                text: t("relations.unblockSure", { id: blockedId, user }),
                act: t("relations.unblock"),
                sure: (reason) => unblock({ user, blocked: blockedId }, because(reason)),
              },
              blacks.refresh,
            )
          }
        >
          {t("relations.unblock")}
        </Button>
      ),
    },
  ];
  return (
    <LongRows
      label={t("relations.tabs.blacks")}
      listed={blacks}
      none={t("relations.none.blacks")}
      columns={columns}
      open={(black) => navigate({ to: "/users/$id", params: { id: black.blockedId } })}
      offset={offset}
    />
  );
}
