// What the lists of users show of each.
import { Badge, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

export const ListedUser = graphql(`
  fragment ListedUser on User @_unmask {
    id
    nickname
    faceUrl
    level
    createdAt
    presence { online platforms }
  }
`);

export type ListedUser = ResultOf<typeof ListedUser>;

export function useColumns(): Column<ListedUser>[] {
  const { t, i18n } = useTranslation();
  return [
    { head: t("users.user"), cell: (user) => <Person {...user} />, width: "40%" },
    {
      head: t("users.online"),
      cell: (user) =>
        user.presence?.online ? (
          <Group gap={4}>
            {user.presence.platforms.map((platform) => (
              <Badge key={platform} color="green" variant="dot">
                {t(`platforms.${platform}`)}
              </Badge>
            ))}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {t("users.offline")}
          </Text>
        ),
    },
    { head: t("users.level"), cell: (user) => t(`levels.${user.level}`), wide: true },
    { head: t("users.createdAt"), cell: (user) => formatTime(user.createdAt, i18n.language), wide: true },
  ];
}
