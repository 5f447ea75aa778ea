// All accounts: searched by id or nickname, of any number.
import { Badge, Button, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { NewUser } from "./NewUser";

const Users = graphql(`
  query Users($first: Int!, $after: String, $offset: Int, $search: String) {
    admin {
      users(first: $first, after: $after, offset: $offset, search: $search) {
        totalCount
        pageInfo { endCursor }
        edges { node { id nickname faceUrl level createdAt presence { online platforms } } }
      }
    }
  }
`);

type Row = NonNullable<ResultOf<typeof Users>["admin"]>["users"]["edges"][number]["node"];

export function UsersPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/users" });
  const { search, offset = 0 } = useSearch({ from: "/inside/users" });
  const [making, { open, close }] = useDisclosure();
  const users = useLongList(Users, {
    variables: (place) => ({ ...place, search: search ?? null }),
    read: (data) => data.admin?.users,
    offset,
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: text ? { search: text } : {}, replace: true }),
    250,
  );
  const columns: Column<Row>[] = [
    { head: t("users.user"), cell: (user) => <Person {...user} />, width: "40%" },
    {
      head: t("users.online"),
      cell: (user) =>
        user.presence?.online ? (
          <Badge color="green" variant="dot">
            {user.presence.platforms.map((platform) => t(`platforms.${platform}`)).join(", ")}
          </Badge>
        ) : (
          <Text size="sm" c="dimmed">
            {t("users.offline")}
          </Text>
        ),
    },
    { head: t("users.level"), cell: (user) => t(`levels.${user.level}`), wide: true },
    { head: t("users.createdAt"), cell: (user) => formatTime(user.createdAt, i18n.language), wide: true },
  ];
  return (
    <Page
      title={t("places.users")}
      acts={
        <>
          <LinkButton to="/client-config" variant="default">
            {t("clientConfig.title")}
          </LinkButton>
          <Button leftSection={<IconPlus size={16} />} onClick={open}>
            {t("users.new")}
          </Button>
        </>
      }
    >
      <TextInput
        aria-label={t("users.search")}
        placeholder={t("users.search")}
        leftSection={<IconSearch size={16} />}
        defaultValue={search ?? ""}
        onChange={(event) => look(event.currentTarget.value)}
        mb="sm"
      />
      <LongRows
        label={t("places.users")}
        listed={users}
        none={t(search ? "users.noneFound" : "users.none")}
        columns={columns}
        open={(user) => navigate({ to: "/users/$id", params: { id: user.id } })}
        offset={offset}
        go={(next) =>
          navigate({
            search: { ...(search && { search }), ...(next && { offset: next }) },
            replace: true,
            resetScroll: false,
          })
        }
      />
      <NewUser
        opened={making}
        close={close}
        made={(id) => {
          users.refresh();
          void navigate({ to: "/users/$id", params: { id } });
        }}
      />
    </Page>
  );
}
