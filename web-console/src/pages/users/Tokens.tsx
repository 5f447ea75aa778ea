// Makes a token with which a device signs in as a user; shown once, kept nowhere.
import { Button, Code, CopyButton, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";
import { formatTime } from "~/lib/format";
import { PLATFORMS, type Platform } from "~/lib/platforms";

const Create = graphql(`
  mutation CreateUserToken($id: ID!, $platform: Platform!) {
    createUserToken(input: { userId: $id, platform: $platform }) { token expiresAt }
  }
`);

export function Tokens({ userId }: { userId: string }) {
  const { t, i18n } = useTranslation();
  const [platform, setPlatform] = useState<Platform>("WEB");
  const [{ data, error, fetching }, create] = useMutation(Create);
  const made = data?.createUserToken;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2}>{t("users.tokens")}</Title>
        <Text size="sm" c="dimmed">
          {t("users.tokensHelp")}
        </Text>
        <Group align="flex-end">
          <Select
            flex={1}
            label={t("users.platform")}
            allowDeselect={false}
            value={platform}
            data={PLATFORMS.filter((value) => value !== "ADMIN").map((value) => ({
              value,
              label: t(`platforms.${value}`),
            }))}
            onChange={(value) => setPlatform(PLATFORMS.find((known) => known === value) ?? platform)}
          />
          <Button variant="default" loading={fetching} onClick={() => create({ id: userId, platform })}>
            {t("users.makeToken")}
          </Button>
        </Group>
        {error && <Failed error={error} />}
        {made && (
          <>
            <Code block tabIndex={0} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
              {made.token}
            </Code>
            <Group justify="space-between">
              <Text size="sm">
                {made.expiresAt
                  ? t("users.tokenUntil", { time: formatTime(made.expiresAt, i18n.language) })
                  : t("users.tokenForever")}
              </Text>
              <CopyButton value={made.token}>
                {({ copied, copy }) => (
                  <Button size="xs" variant="default" onClick={copy}>
                    {t(copied ? "acts.copied" : "acts.copy")}
                  </Button>
                )}
              </CopyButton>
            </Group>
          </>
        )}
      </Stack>
    </Paper>
  );
}
