// One message of a list: who, when, what, and what may be done with it.
import { Badge, Box, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatTime } from "~/lib/format";
import type { Shown } from "./documents";
import { MessageContent } from "./MessageContent";

export function MessageItem({
  message,
  where,
  end,
  acts,
  children,
}: {
  message: Shown;
  /** To whom it was said, where that is not clear. */
  where?: string;
  /** At the far side, as one's own. */
  end?: boolean;
  acts?: ReactNode;
  /** Instead of what it says. */
  children?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Box flex={1} miw={0} ta={end ? "end" : "start"}>
        <Text size="xs" c="dimmed">
          {message.senderNickname || message.senderId}
          {where && ` → ${where}`} · {message.sentAt ? formatTime(message.sentAt, i18n.language) : ""}
          {message.editedAt && ` · ${t("message.edited")}`}
        </Text>
        {children ?? <MessageContent message={message} />}
        {message.reactions.length > 0 && (
          <Group gap={4} mt={4} justify={end ? "flex-end" : "flex-start"}>
            {message.reactions.map((reaction) => (
              <Badge key={reaction.emoji} variant="default" size="sm">
                {reaction.emoji} {reaction.count}
              </Badge>
            ))}
          </Group>
        )}
      </Box>
      {acts}
    </Group>
  );
}
