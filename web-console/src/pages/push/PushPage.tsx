// Offline push: how each provider does, a push to try things out, and what became of every push.
import { Badge, Button, Drawer, Select, SimpleGrid, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { Moment } from "~/components/Moment";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { UserPicker } from "~/components/UserPicker";
import { useLongList } from "~/components/useLongList";
import { Delivery } from "./Delivery";
import { Pushes, type Row } from "./documents";
import { OUTCOMES, PROVIDERS } from "./names";
import { Providers } from "./Providers";
import { TestPush } from "./TestPush";

const COLOURS = { PENDING: "yellow", DELIVERED: "green", FAILED: "red" } as const;

export function PushPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/push" });
  const { user, provider, outcome, offset = 0 } = useSearch({ from: "/inside/push" });
  const [testing, test] = useDisclosure();
  const [opened, setOpened] = useState<Row | null>(null);
  const pushes = useLongList(Pushes, {
    variables: (place) => ({
      ...place,
      userId: user ?? null,
      provider: provider ?? null,
      outcome: outcome ?? null,
    }),
    read: (data) => data.admin?.pushDeliveries,
    offset,
  });
  const columns: Column<Row>[] = [
    { head: t("users.user"), cell: (row) => <Person id={row.userId} nickname={row.user?.nickname ?? null} /> },
    {
      head: t("push.outcome"),
      cell: (row) => (
        <Badge variant="dot" color={COLOURS[row.outcome]}>
          {t(`push.outcomes.${row.outcome}`)}
        </Badge>
      ),
      below: true,
    },
    {
      head: t("push.device"),
      cell: (row) =>
        [row.provider && t(`push.providers.${row.provider}`), row.platform && t(`platforms.${row.platform}`)]
          .filter(Boolean)
          .join(" · "),
      wide: true,
    },
    {
      head: t("push.why"),
      cell: (row) => (
        <Text size="sm" lineClamp={2}>
          {row.error ?? ""}
        </Text>
      ),
      wide: true,
    },
    { head: t("push.createdAt"), cell: (row) => <Moment at={row.createdAt} />, wide: true },
  ];
  const providers = pushes.data?.admin?.pushProviders;
  return (
    <Page title={t("places.push")} acts={<Button onClick={test.open}>{t("push.test")}</Button>}>
      {providers && <Providers providers={providers} />}
      <SimpleGrid cols={{ base: 1, sm: 3 }} my="sm" spacing="xs">
        <UserPicker
          placeholder={t("push.user")}
          user={user ?? ""}
          choose={(id) =>
            navigate({
              search: { ...(id && { user: id }), ...(provider && { provider }), ...(outcome && { outcome }) },
              replace: true,
            })
          }
        />
        <Select
          aria-label={t("push.provider")}
          placeholder={t("push.provider")}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          value={provider ?? null}
          data={PROVIDERS.map((value) => ({ value, label: t(`push.providers.${value}`) }))}
          onChange={(value) => {
            const chosen = PROVIDERS.find((known) => known === value);
            void navigate({
              search: { ...(user && { user }), ...(chosen && { provider: chosen }), ...(outcome && { outcome }) },
            });
          }}
        />
        <Select
          aria-label={t("push.outcome")}
          placeholder={t("push.outcome")}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          value={outcome ?? null}
          data={OUTCOMES.map((value) => ({ value, label: t(`push.outcomes.${value}`) }))}
          onChange={(value) => {
            const chosen = OUTCOMES.find((known) => known === value);
            void navigate({
              search: { ...(user && { user }), ...(provider && { provider }), ...(chosen && { outcome: chosen }) },
            });
          }}
        />
      </SimpleGrid>
      <LongRows
        label={t("places.push")}
        listed={pushes}
        none={t("push.none")}
        columns={columns}
        open={setOpened}
        offset={offset}
      />
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size="lg"
        title={t("push.delivery")}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        {opened && (
          <Delivery
            row={opened}
            sent={() => {
              // Only the one that was sent: another may be open by now.
              setOpened((now) => (now === opened ? null : now));
              pushes.refresh();
            }}
          />
        )}
      </Drawer>
      <TestPush opened={testing} close={test.close} sent={pushes.refresh} />
    </Page>
  );
}
