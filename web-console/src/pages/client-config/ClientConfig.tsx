// Values that clients are configured with, everybody's or one user's: shown, set and removed.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { type Column, Rows } from "~/components/Rows";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";

const Put = graphql(`
  mutation SetClientConfig($userId: ID, $key: String!, $value: String!) {
    setClientConfig(input: { userId: $userId, entries: [{ key: $key, value: $value }] }) { entries { key } }
  }
`);
const Remove = graphql(`
  mutation RemoveClientConfig($userId: ID, $key: String!) {
    removeClientConfig(input: { userId: $userId, keys: [$key] }) { removed }
  }
`);

export interface Entry {
  key: string;
  value: string;
  userId: string | null;
}

const NOTHING = { key: "", value: "" };

export function ClientConfig({
  userId,
  entries,
  changed,
}: {
  /** Whose; null for everybody's. */
  userId: string | null;
  entries: readonly { node: Entry }[];
  changed: () => void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState(NOTHING);
  const [question, setQuestion] = useState<Question | null>(null);
  const [{ fetching, error }, put] = useMutation(Put);
  const [, remove] = useMutation(Remove);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await put({ userId, ...values });
    if (!result.data) return;
    setValues(NOTHING);
    told();
  }

  function told() {
    notifications.show({ message: t("acts.saved") });
    changed();
  }

  const columns: Column<Entry>[] = [
    { head: t("clientConfig.key"), cell: (entry) => entry.key },
    { head: t("clientConfig.value"), cell: (entry) => <Text style={{ overflowWrap: "anywhere" }}>{entry.value}</Text> },
    {
      head: t("acts.acts"),
      cell: (entry) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("clientConfig.removeOne", { key: entry.key })}
          onClick={() =>
            setQuestion({
              title: t("clientConfig.remove"),
              text: t("clientConfig.removeSure", { key: entry.key }),
              act: t("clientConfig.remove"),
              sure: (reason) => remove({ userId, key: entry.key }, because(reason)),
            })
          }
        >
          {t("clientConfig.remove")}
        </Button>
      ),
    },
  ];
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2}>{t(userId ? "clientConfig.own" : "clientConfig.everybody")}</Title>
        {entries.length === 0 ? (
          <Text c="dimmed">{t("clientConfig.none")}</Text>
        ) : (
          <Rows
            label={t("clientConfig.title")}
            columns={columns}
            rows={entries.map((entry) => entry.node)}
            id={(entry) => entry.key}
          />
        )}
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label={t("clientConfig.key")}
              required
              maxLength={255}
              value={values.key}
              onChange={(event) => setValues({ ...values, key: event.currentTarget.value })}
            />
            <TextInput
              flex={1}
              label={t("clientConfig.value")}
              value={values.value}
              onChange={(event) => setValues({ ...values, value: event.currentTarget.value })}
            />
            <Button type="submit" variant="default" loading={fetching}>
              {t("clientConfig.set")}
            </Button>
          </Group>
        </form>
        {error && <Failed error={error} />}
      </Stack>
      <Confirm question={question} close={() => setQuestion(null)} done={told} />
    </Paper>
  );
}
