// All accounts: searched by id or nickname, a page at a time.
import { Avatar, Badge, Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { NewUser } from "./NewUser";

const SIZE = 50;

const Users = graphql(`
  query Users($first: Int!, $offset: Int!, $search: String) {
    admin {
      users(first: $first, offset: $offset, search: $search) {
        totalCount
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
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: Users,
    variables: { first: SIZE, offset, search: search ?? null },
    requestPolicy: "cache-and-network",
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: text ? { search: text } : {}, replace: true }),
    250,
  );
  const columns: Column<Row>[] = [
    {
      head: t("users.user"),
      cell: (user) => (
        <Group gap="xs" wrap="nowrap">
          <Avatar src={user.faceUrl || null} size="sm" alt="" name={user.nickname} />
          <div>
            <Text size="sm" fw={600} lineClamp={1}>
              {user.nickname}
            </Text>
            <Text size="xs" c="dimmed">
              {user.id}
            </Text>
          </div>
        </Group>
      ),
    },
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
  const users = data?.admin?.users;
  return (
    <Page
      title={t("places.users")}
      acts={
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          {t("users.new")}
        </Button>
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
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!users && fetching && <Loading />}
      {users && users.edges.length === 0 && <Empty text={t(search ? "users.noneFound" : "users.none")} />}
      {users && users.edges.length > 0 && (
        <div aria-busy={stale}>
          <Rows
            label={t("places.users")}
            columns={columns}
            rows={users.edges.map((edge) => edge.node)}
            id={(user) => user.id}
            open={(user) => navigate({ to: "/users/$id", params: { id: user.id } })}
          />
          <Pages
            total={users.totalCount}
            size={SIZE}
            offset={offset}
            go={(next) => navigate({ search: { ...(search ? { search } : {}), ...(next ? { offset: next } : {}) } })}
          />
        </div>
      )}
      <NewUser
        opened={making}
        close={close}
        made={(id) => {
          again({ requestPolicy: "network-only" });
          void navigate({ to: "/users/$id", params: { id } });
        }}
      />
    </Page>
  );
}
