// What a page shows when there is nothing to show: loading, nothing there, something failed.
import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { CombinedError } from "@urql/core";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/app/errors";

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
      <Text c="dimmed">{text}</Text>
    </Center>
  );
}

export function Failed({ error, retry }: { error: CombinedError; retry?: () => void }) {
  const { t, i18n } = useTranslation();
  const { code, detail } = problemOf(error);
  const key = `errors.${code}`;
  return (
    <Alert color="red" role="alert" title={t(i18n.exists(key) ? key : "errors.other")} my="md">
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
