// The groups that a user is in.
import { Paper, Stack, Text, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Person } from "~/components/Person";
import { Rows } from "~/components/Rows";
import type { User } from "./documents";

export function Joined({ user }: { user: User }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const groups = user.groups?.edges.map((edge) => edge.node) ?? [];
  const total = user.groups?.totalCount ?? 0;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2}>{t("users.groups")}</Title>
        {groups.length === 0 ? (
          <Text c="dimmed">{t("users.noGroups")}</Text>
        ) : (
          <Rows
            label={t("users.groups")}
            columns={[
              {
                head: t("groups.group"),
                cell: (group) => <Person id={group.id} nickname={group.name} faceUrl={group.faceUrl} />,
              },
              {
                head: t("groups.members"),
                cell: (group) => new Intl.NumberFormat(i18n.language).format(group.memberCount),
              },
            ]}
            rows={groups}
            id={(group) => group.id}
            open={(group) => navigate({ to: "/groups/$id", params: { id: group.id } })}
          />
        )}
        {total > groups.length && (
          <Text size="sm" c="dimmed">
            {t("users.moreGroups", { count: total - groups.length })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
