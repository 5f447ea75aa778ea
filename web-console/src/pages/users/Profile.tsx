// What an account says of itself, and what it wants to receive.
import { Avatar, Button, Group, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";
import { formatTime } from "~/lib/format";
import { lettersOf } from "~/lib/names";
import type { User } from "./documents";

const Update = graphql(`
  mutation UpdateUser($id: ID!, $nickname: String!, $faceUrl: String!, $ex: String!, $receive: ReceiveOption!) {
    updateUser(input: { id: $id, nickname: $nickname, faceUrl: $faceUrl, ex: $ex, globalReceiveOption: $receive }) {
      user { id nickname faceUrl ex globalReceiveOption }
    }
  }
`);

const RECEIVE = ["RECEIVE", "SILENT", "REFUSE"] as const;

export function Profile({ user, saved }: { user: User; saved: () => void }) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState({ nickname: user.nickname, faceUrl: user.faceUrl, ex: user.ex });
  const [receive, setReceive] = useState(user.globalReceiveOption);
  const [{ fetching, error }, update] = useMutation(Update);
  const field = (name: keyof typeof values) => ({
    label: t(`users.fields.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await update({ id: user.id, ...values, receive });
    if (result.data) {
      notifications.show({ message: t("acts.saved") });
      saved();
    }
  }

  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        <Group>
          <Avatar src={values.faceUrl || null} size="lg" alt="" name={lettersOf(values.nickname, user.id)} />
          <div>
            <Text fw={600}>{user.id}</Text>
            <Text size="sm" c="dimmed">
              {t(`levels.${user.level}`)} · {formatTime(user.createdAt, i18n.language)}
            </Text>
          </div>
        </Group>
        <TextInput {...field("nickname")} required maxLength={255} />
        <TextInput {...field("faceUrl")} type="url" />
        <TextInput {...field("ex")} />
        <Select
          label={t("users.fields.receive")}
          allowDeselect={false}
          value={receive}
          data={RECEIVE.map((value) => ({ value, label: t(`receive.${value}`) }))}
          onChange={(value) => setReceive(RECEIVE.find((known) => known === value) ?? receive)}
        />
        {error && <Failed error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={fetching}>
            {t("acts.save")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
