// One push to one device: what it said, what became of it and why; one that was given up is sent again from here.
import { Button, Group, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Facts } from "~/components/Facts";
import { TextLink } from "~/components/links";
import { Moment } from "~/components/Moment";
import { Failed } from "~/components/States";
import { Retry, type Row } from "./documents";

export function Delivery({ row, sent }: { row: Row; sent: () => void }) {
  const { t } = useTranslation();
  const [{ fetching, error }, retry] = useMutation(Retry);
  const time = (at: string | null) => at && <Moment at={at} to="zone" />;
  const facts = [
    ["why", row.error],
    ["outcome", t(`push.outcomes.${row.outcome}`)],
    ["provider", row.provider && t(`push.providers.${row.provider}`)],
    ["device", row.platform && t(`platforms.${row.platform}`)],
    ["title", row.title],
    ["body", row.body],
    ["attempts", row.attempts],
    ["createdAt", time(row.createdAt)],
    ["attemptedAt", time(row.attemptedAt)],
    ["nextAttemptAt", time(row.nextAttemptAt)],
    ["reference", row.reference],
    ["operation", row.operationId],
    ["message", row.messageRef && `${row.messageRef.conversationId} · ${row.messageRef.seq}`],
  ] as const;

  async function again() {
    const result = await retry({ id: row.id });
    if (!result.data) return;
    notifications.show({ message: t("push.queued") });
    sent();
  }

  return (
    <Stack>
      <TextLink to="/users/$id" params={{ id: row.userId }} size="sm">
        {row.user?.nickname ? `${row.user.nickname} (${row.userId})` : row.userId}
      </TextLink>
      <Facts facts={facts.map(([name, value]) => [t(`push.${name}`), value])} />
      {error && <Failed error={error} />}
      {row.outcome !== "DELIVERED" && (
        <Group justify="flex-end">
          <Button loading={fetching} onClick={again}>
            {t("push.again")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
