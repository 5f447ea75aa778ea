// Who brings pushes to devices: which one is used, whether it is set up, how it does.
import { Badge, Group, Paper, SimpleGrid, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formatTime } from "~/lib/format";
import type { Provider } from "./documents";

export function Providers({ providers }: { providers: readonly Provider[] }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="xs">
      {providers.map((provider) => (
        <Paper key={provider.name} withBorder p="sm">
          <Group justify="space-between" gap="xs">
            <Title order={2} size="h5">
              {t(`push.providers.${provider.name}`)}
            </Title>
            <Badge variant="dot" color={provider.enabled ? (provider.configured ? "green" : "red") : "gray"}>
              {t(`push.states.${state(provider)}`)}
            </Badge>
          </Group>
          <Text size="sm">
            {t("push.sent", { sent: number.format(provider.sent), failed: number.format(provider.failed) })}
          </Text>
          {provider.lastSuccessAt && (
            <Text size="xs" c="dimmed">
              {t("push.lastSuccess", { when: formatTime(provider.lastSuccessAt, i18n.language, "second") })}
            </Text>
          )}
          {provider.lastError && provider.lastErrorAt && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {t("push.lastError", {
                when: formatTime(provider.lastErrorAt, i18n.language, "second"),
                why: provider.lastError,
              })}
            </Text>
          )}
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function state({ enabled, configured }: Provider) {
  if (enabled) return configured ? "used" : "incomplete";
  return configured ? "ready" : "off";
}
