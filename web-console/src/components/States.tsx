// What a page shows when there is nothing to show: loading, nothing there, something failed.
import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { CombinedError } from "@urql/core";
import { useTranslation } from "react-i18next";
import { problemOf, toldOf } from "~/app/errors";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center py="xl">
      <Loader aria-label={t("states.loading")} role="status" />
    </Center>
  );
}

export function Empty({ text }: { text: string }) {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs">
        <IconInbox size={32} stroke={1.2} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text c="dimmed" ta="center">
          {text}
        </Text>
      </Stack>
    </Center>
  );
}

export function Failed({ error, retry }: { error: CombinedError; retry?: () => void }) {
  const { t, i18n } = useTranslation();
  const { code, detail } = problemOf(error);
  return (
    <Alert color="red" role="alert" title={t(toldOf(code, i18n))} my="md">
      <Stack gap="xs" align="flex-start">
        {detail && <Text size="sm">{detail}</Text>}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t("states.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Stack align="center" py="xl">
      <Title order={1}>{t("states.notFound")}</Title>
      <Button component={Link} to="/" variant="default">
        {t("states.home")}
      </Button>
    </Stack>
  );
}
