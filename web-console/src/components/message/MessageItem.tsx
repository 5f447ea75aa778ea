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
  own,
  acts,
  children,
}: {
  message: Shown;
  /** To whom it was said, where that is not clear. */
  where?: string;
  /** In a frame: at the far side when it is one's own. */
  own?: boolean;
  acts?: ReactNode;
  /** Instead of what it says. */
  children?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Box flex={1} miw={0}>
        <Text size="xs" c="dimmed" ta={own ? "end" : "start"} mb={2}>
          {message.senderNickname || message.senderId}
          {where && ` → ${where}`} · {message.sentAt ? formatTime(message.sentAt, i18n.language) : ""}
          {message.editedAt && ` · ${t("message.edited")}`}
        </Text>
        {children ??
          (own === undefined ? (
            <MessageContent message={message} />
          ) : (
            <div className="said" {...(own && { "data-own": true })}>
              <MessageContent message={message} />
            </div>
          ))}
        {message.reactions.length > 0 && (
          <Group gap={4} mt={4} justify={own ? "flex-end" : "flex-start"}>
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
