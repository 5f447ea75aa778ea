// All accounts, of any number, searched by id or nickname; or who is online now.
import { Button, Group, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { useLongList } from "~/components/useLongList";
import { graphql } from "~/graphql";
import { ListedUser, useColumns } from "./columns";
import { NewUser } from "./NewUser";
import { Online } from "./Online";

const Users = graphql(
  `
    query Users($first: Int!, $after: String, $offset: Int, $search: String) {
      admin {
        users(first: $first, after: $after, offset: $offset, search: $search) {
          totalCount
          pageInfo { endCursor }
          edges { node { ...ListedUser } }
        }
      }
    }
  `,
  [ListedUser],
);

export function UsersPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/users" });
  const { view, search, offset = 0 } = useSearch({ from: "/inside/users" });
  const [making, { open: begin, close }] = useDisclosure();
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: text ? { search: text } : {}, replace: true }),
    250,
  );
  const open = ({ id }: { id: string }) => navigate({ to: "/users/$id", params: { id } });
  return (
    <Page
      title={t("places.users")}
      acts={
        <>
          <LinkButton to="/client-config" variant="default">
            {t("clientConfig.title")}
          </LinkButton>
          <Button leftSection={<IconPlus size={16} />} onClick={begin}>
            {t("users.new")}
          </Button>
        </>
      }
    >
      <Group mb="sm">
        <SegmentedControl
          aria-label={t("users.shown")}
          value={view ?? "everybody"}
          data={[
            { value: "everybody", label: t("users.everybody") },
            { value: "online", label: t("users.onlineNow") },
          ]}
          onChange={(next) => navigate({ search: next === "online" ? { view: "online" } : {} })}
        />
        {!view && (
          <TextInput
            flex={1}
            miw={200}
            aria-label={t("users.search")}
            placeholder={t("users.search")}
            leftSection={<IconSearch size={16} />}
            defaultValue={search ?? ""}
            onChange={(event) => look(event.currentTarget.value)}
          />
        )}
      </Group>
      {view ? <Online offset={offset} open={open} /> : <Everybody search={search} offset={offset} open={open} />}
      <NewUser opened={making} close={close} made={(id) => void open({ id })} />
    </Page>
  );
}

function Everybody({
  search,
  offset,
  open,
}: {
  search: string | undefined;
  offset: number;
  open: (user: ListedUser) => void;
}) {
  const { t } = useTranslation();
  const users = useLongList(Users, {
    variables: (place) => ({ ...place, search: search ?? null }),
    read: (data) => data.admin?.users,
    offset,
  });
  return (
    <LongRows
      label={t("places.users")}
      listed={users}
      none={t(search ? "users.noneFound" : "users.none")}
      columns={useColumns()}
      open={open}
      offset={offset}
    />
  );
}
