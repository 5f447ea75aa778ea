// What an administrator may do with a message: take it back, delete it for everybody, see it where it was said.
import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import type { Question } from "~/components/Confirm";
import { MenuLink } from "~/components/links";
import { graphql } from "~/graphql";
import type { Shown } from "./documents";

const Revoke = graphql(`
  mutation RevokeMessage($id: ID!, $seq: Long!) {
    revokeMessage(input: { conversationId: $id, seq: $seq }) { message { seq conversationId } }
  }
`);
const Delete = graphql(`
  mutation DeleteMessage($id: ID!, $seq: Long!) {
    deleteMessages(input: { conversationId: $id, seqs: [$seq], for: EVERYBODY }) { deletedSeqs }
  }
`);

export function MessageActs({
  message,
  ask,
  reader,
}: {
  message: Pick<Shown, "conversationId" | "seq" | "senderId" | "senderNickname" | "revoked" | "status">;
  ask: (question: Question) => void;
  /** Through whose eyes the conversation is opened; no such link without one. */
  reader?: string | null;
}) {
  const { t } = useTranslation();
  const [, revoke] = useMutation(Revoke);
  const [, remove] = useMutation(Delete);
  const { conversationId: id, seq } = message;
  const sender = message.senderNickname || message.senderId || "";
  const gone = message.status === "DELETED";
  if (gone && !reader) return null;

  function question(act: "revoke" | "delete", run: Question["sure"]) {
    ask({
      title: t(`message.${act}`),
      text: t(`message.${act}Sure`, { sender }),
      act: t(`message.${act}`),
      sure: async (reason) => {
        const result = await run(reason);
        if (!result.error) {
          notifications.show({ message: t(act === "revoke" ? "message.revoked" : "message.deletedDone") });
        }
        return result;
      },
    });
  }

  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t("message.actsFor", { seq })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {reader && (
          <MenuLink to="/conversations/$id" params={{ id }} search={{ user: reader, seq }}>
            {t("message.inConversation")}
          </MenuLink>
        )}
        {!gone && !message.revoked && (
          <Menu.Item onClick={() => question("revoke", (reason) => revoke({ id, seq }, because(reason)))}>
            {t("message.revoke")}
          </Menu.Item>
        )}
        {!gone && (
          <Menu.Item color="red" onClick={() => question("delete", (reason) => remove({ id, seq }, because(reason)))}>
            {t("message.delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
