// One account: profile, devices that are online, and signing it out of them.
import { Avatar, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Confirm } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const OneUser = graphql(`
  query OneUser($id: ID!) {
    user(id: $id) {
      id
      nickname
      faceUrl
      ex
      level
      createdAt
      presence { online connections { id platform } }
    }
  }
`);

const Update = graphql(`
  mutation UpdateUser($id: ID!, $nickname: String!, $faceUrl: String!, $ex: String!) {
    updateUser(input: { id: $id, nickname: $nickname, faceUrl: $faceUrl, ex: $ex }) { user { id nickname faceUrl ex } }
  }
`);

const Revoke = graphql(`
  mutation RevokeSessions($id: ID!, $platform: Platform!) {
    revokeSessions(input: { userId: $id, platform: $platform }) { revoked }
  }
`);

type User = NonNullable<ResultOf<typeof OneUser>["user"]>;
type Device = NonNullable<User["presence"]>["connections"][number];

export function UserPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/users/$id" });
  const [{ data, error, fetching }, again] = useQuery({
    query: OneUser,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => again({ requestPolicy: "network-only" });
  if (error) return <Failed error={error} retry={refresh} />;
  if (!data && fetching) return <Loading />;
  if (!data?.user) return <Empty text={t("users.unknown", { id })} />;
  return (
    <Page title={data.user.nickname || data.user.id}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Profile key={data.user.id} user={data.user} saved={refresh} />
        <Devices user={data.user} changed={refresh} />
      </SimpleGrid>
    </Page>
  );
}

function Profile({ user, saved }: { user: User; saved: () => void }) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState({ nickname: user.nickname, faceUrl: user.faceUrl, ex: user.ex });
  const [{ fetching, error }, update] = useMutation(Update);
  const field = (name: keyof typeof values) => ({
    label: t(`users.fields.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await update({ id: user.id, ...values });
    if (result.data) {
      notifications.show({ message: t("acts.saved") });
      saved();
    }
  }

  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        <Group>
          <Avatar src={values.faceUrl || null} size="lg" alt="" name={values.nickname} />
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

function Devices({ user, changed }: { user: User; changed: () => void }) {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<Device["platform"] | null>(null);
  const [{ fetching, error }, revoke] = useMutation(Revoke);
  const platforms = [...new Set(user.presence?.connections.map((connection) => connection.platform) ?? [])];

  async function sure() {
    if (!leaving) return;
    const result = await revoke({ id: user.id, platform: leaving });
    if (result.data) {
      setLeaving(null);
      notifications.show({ message: t("users.revoked", { count: result.data.revokeSessions.revoked }) });
      changed();
    }
  }

  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2}>{t("users.devices")}</Title>
        {platforms.length === 0 && <Text c="dimmed">{t("users.noDevices")}</Text>}
        {platforms.map((platform) => (
          <Group key={platform} justify="space-between">
            <Badge color="green" variant="dot">
              {t(`platforms.${platform}`)}
            </Badge>
            <Button size="xs" color="red" variant="outline" onClick={() => setLeaving(platform)}>
              {t("users.signOut")}
            </Button>
          </Group>
        ))}
        {error && <Failed error={error} />}
      </Stack>
      <Confirm
        opened={leaving !== null}
        close={() => setLeaving(null)}
        title={t("users.signOut")}
        text={t("users.signOutSure", { platform: leaving ? t(`platforms.${leaving}`) : "", id: user.id })}
        act={t("users.signOut")}
        busy={fetching}
        sure={sure}
      />
    </Paper>
  );
}
