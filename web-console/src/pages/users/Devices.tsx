// Where a user is online, and signing the user out: of one kind of device, or of all.
import { Badge, Button, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { graphql } from "~/graphql";
import { PLATFORMS, type Platform } from "~/lib/platforms";
import type { User } from "./documents";

const Revoke = graphql(`
  mutation RevokeSessions($id: ID!, $platform: Platform!) {
    revokeSessions(input: { userId: $id, platform: $platform }) { revoked }
  }
`);

export function Devices({ user, changed }: { user: User; changed: () => void }) {
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  const [chosen, setChosen] = useState<Platform | null>(null);
  const [, revoke] = useMutation(Revoke);
  const revoked = useRef(0);
  const platforms = [...new Set(user.presence?.connections.map((connection) => connection.platform) ?? [])];

  async function leave(platforms: readonly Platform[], reason: string) {
    revoked.current = 0;
    for (const platform of platforms) {
      const result = await revoke({ id: user.id, platform }, because(reason));
      if (result.error) return result;
      revoked.current += result.data?.revokeSessions.revoked ?? 0;
    }
    return {};
  }

  function ask(platform: Platform | null) {
    setQuestion({
      title: t("users.signOut"),
      text: platform
        ? t("users.signOutSure", { platform: t(`platforms.${platform}`), id: user.id })
        : t("users.signOutOfAllSure", { id: user.id }),
      act: t("users.signOut"),
      sure: (reason) => leave(platform ? [platform] : PLATFORMS, reason),
    });
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
            <Button size="xs" color="red" variant="outline" onClick={() => ask(platform)}>
              {t("users.signOut")}
            </Button>
          </Group>
        ))}
        <Group align="flex-end">
          <Select
            flex={1}
            label={t("users.signOutOf")}
            placeholder={t("users.everyPlatform")}
            clearable
            clearButtonProps={{ "aria-label": t("acts.clear") }}
            value={chosen}
            data={PLATFORMS.map((value) => ({ value, label: t(`platforms.${value}`) }))}
            onChange={(value) => setChosen(PLATFORMS.find((known) => known === value) ?? null)}
          />
          <Button color="red" variant="outline" onClick={() => ask(chosen)}>
            {t("users.endSessions")}
          </Button>
        </Group>
      </Stack>
      <Confirm
        question={question}
        close={() => setQuestion(null)}
        done={() => {
          notifications.show({ message: t("users.revoked", { count: revoked.current }) });
          changed();
        }}
      />
    </Paper>
  );
}
