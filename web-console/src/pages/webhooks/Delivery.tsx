// One call of the application's server: what was told, what it answered, why it failed; it is sent again from here.
import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Facts } from "~/components/Facts";
import { Moment } from "~/components/Moment";
import { Failed } from "~/components/States";
import { Became } from "./Became";
import { Again, type Opened } from "./documents";

export function Delivery({ row, sent }: { row: Opened; sent: () => void }) {
  const { t } = useTranslation();
  const [{ fetching, error }, redeliver] = useMutation(Again);
  const facts = [
    ["why", row.error],
    ["host", row.host],
    ["status", row.status],
    ["attempts", row.attempts],
    ["createdAt", time(row.createdAt)],
    ["nextAttemptAt", time(row.nextAttemptAt)],
    ["milliseconds", row.durationMilliseconds],
    ["operation", row.operationId],
  ] as const;

  async function send() {
    const result = await redeliver({ id: row.id });
    if (!result.data) return;
    notifications.show({ message: t("webhooks.queued") });
    sent();
  }

  return (
    <Stack>
      <Group>
        <Became outcome={row.outcome} />
      </Group>
      <Facts facts={facts.map(([name, value]) => [t(`webhooks.${name}`), value])} />
      <Text size="xs" c="dimmed">
        {t("webhooks.body")}
      </Text>
      <Code block tabIndex={0} className="wrapped">
        {readable(row.body)}
      </Code>
      {row.answer && (
        <>
          <Text size="xs" c="dimmed">
            {t("webhooks.answer")}
          </Text>
          <Code block tabIndex={0} className="wrapped">
            {readable(row.answer)}
          </Code>
        </>
      )}
      {error && <Failed error={error} />}
      {row.kind === "AFTER" && (
        <Group justify="flex-end">
          <Button loading={fetching} onClick={send}>
            {t("webhooks.again")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

const time = (at: string | null) => at && <Moment at={at} to="zone" />;

/** JSON with its lines; everything else as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
