// The accounts that notifications come from: found, made, changed.
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { Failed } from "~/components/States";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const AccountsOf = graphql(`
  query NotificationAccounts($first: Int!, $after: String, $offset: Int, $keyword: String) {
    admin {
      notificationAccounts(first: $first, after: $after, offset: $offset, keyword: $keyword) {
        totalCount
        pageInfo { endCursor }
        edges { node { id nickname faceUrl level createdAt } }
      }
    }
  }
`);
const Add = graphql(`
  mutation AddNotificationAccount($id: ID, $nickname: String!, $faceUrl: String!, $level: UserLevel!) {
    addNotificationAccount(input: { id: $id, nickname: $nickname, faceUrl: $faceUrl, level: $level }) { user { id } }
  }
`);
const Update = graphql(`
  mutation UpdateNotificationAccount($id: ID!, $nickname: String!, $faceUrl: String!) {
    updateNotificationAccount(input: { id: $id, nickname: $nickname, faceUrl: $faceUrl }) { user { id } }
  }
`);

type Account = NonNullable<ResultOf<typeof AccountsOf>["admin"]>["notificationAccounts"]["edges"][number]["node"];

export function Accounts() {
  const { t, i18n } = useTranslation();
  const { search, offset = 0 } = useSearch({ from: "/inside/broadcast" });
  const navigate = useNavigate({ from: "/broadcast" });
  // The account that is changed; `new` makes one.
  const [form, setForm] = useState<Account | "new" | null>(null);
  const accounts = useLongList(AccountsOf, {
    variables: (place) => ({ ...place, keyword: search ?? null }),
    read: (data) => data.admin?.notificationAccounts,
    offset,
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { tab: "accounts", ...(text && { search: text }) }, replace: true }),
    250,
  );
  const columns: Column<Account>[] = [
    { head: t("broadcast.account"), cell: (account) => <Person {...account} />, width: "40%" },
    { head: t("users.level"), cell: (account) => t(`levels.${account.level}`), wide: true },
    { head: t("users.createdAt"), cell: (account) => formatTime(account.createdAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: (account) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("broadcast.editOne", { id: account.id })}
          onClick={() => setForm(account)}
        >
          {t("broadcast.edit")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <Group mb="sm">
        <TextInput
          flex={1}
          aria-label={t("broadcast.search")}
          placeholder={t("broadcast.search")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look(event.currentTarget.value)}
        />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setForm("new")}>
          {t("broadcast.new")}
        </Button>
      </Group>
      <LongRows
        label={t("broadcast.tabs.accounts")}
        listed={accounts}
        none={t(search ? "broadcast.noneFound" : "broadcast.none")}
        columns={columns}
        offset={offset}
      />
      <Modal
        opened={form !== null}
        onClose={() => setForm(null)}
        title={t(form === "new" ? "broadcast.new" : "broadcast.edit")}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        {form && (
          <Form
            account={form === "new" ? null : form}
            close={() => setForm(null)}
            done={() => {
              // Only the one that was answered: another may be open by now.
              setForm((now) => (now === form ? null : now));
              notifications.show({ message: t("acts.saved") });
              accounts.refresh();
            }}
          />
        )}
      </Modal>
    </>
  );
}

const LEVELS = ["NOTIFICATION", "ROBOT"] as const;

function Form({ account, close, done }: { account: Account | null; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState({
    id: "",
    nickname: account?.nickname ?? "",
    faceUrl: account?.faceUrl ?? "",
  });
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("NOTIFICATION");
  const [adding, add] = useMutation(Add);
  const [updating, update] = useMutation(Update);
  const error = adding.error ?? updating.error;
  const field = (name: keyof typeof values) => ({
    label: t(name === "id" ? "broadcast.id" : `users.fields.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const { nickname, faceUrl } = values;
    const result = account
      ? await update({ id: account.id, nickname, faceUrl })
      : await add({ id: values.id || null, nickname, faceUrl, level });
    if (result.data) done();
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {!account && <TextInput {...field("id")} maxLength={64} />}
        <TextInput {...field("nickname")} required maxLength={255} data-autofocus />
        <TextInput {...field("faceUrl")} type="url" />
        {!account && (
          <Select
            label={t("users.level")}
            allowDeselect={false}
            value={level}
            data={LEVELS.map((value) => ({ value, label: t(`levels.${value}`) }))}
            onChange={(value) => setLevel(LEVELS.find((known) => known === value) ?? level)}
          />
        )}
        {error && <Failed error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("acts.cancel")}
          </Button>
          <Button type="submit" loading={adding.fetching || updating.fetching}>
            {t("acts.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
