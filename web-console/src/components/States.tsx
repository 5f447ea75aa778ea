// What a page shows when there is nothing to show: loading, nothing there, something failed.
import { Alert, Button, Center, Loader, Stack, Text } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import type { CombinedError } from "@urql/core";
import { useTranslation } from "react-i18next";
import { problemOf, toldOf } from "~/app/errors";
import { LinkButton } from "./links";
import { Page } from "./Page";

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
  // What was asked wrong is wrong a second time.
  const again = code === "ARGS_ERROR" ? undefined : retry;
  return (
    <Alert color="red" role="alert" title={t(toldOf(code, i18n))} my="md">
      <Stack gap="xs" align="flex-start">
        {detail && <Text size="sm">{detail}</Text>}
        {again && (
          <Button size="xs" variant="default" onClick={again}>
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
    <Page title={t("states.notFound")}>
      <LinkButton to="/" variant="default">
        {t("states.home")}
      </LinkButton>
    </Page>
  );
}
