// A business notification: what the application tells the clients of a user or a group beside the chat.
import { Alert, Button, Checkbox, Group, Paper, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";
import { freshId } from "~/lib/fresh";
import { Sender } from "./Sender";

const Send = graphql(`
  mutation SendBusinessNotification(
    $id: ID!
    $sender: ID!
    $recipient: RecipientInput!
    $key: String!
    $data: String!
    $stored: Boolean!
    $asMessage: Boolean!
  ) {
    sendBusinessNotification(
      input: {
        clientMessageId: $id
        senderId: $sender
        recipient: $recipient
        key: $key
        data: $data
        stored: $stored
        asMessage: $asMessage
      }
    ) { message { conversationId seq } }
  }
`);

const NOTHING = { sender: "", recipient: "", key: "", data: "" };

export function Business() {
  const { t } = useTranslation();
  const [values, setValues] = useState(NOTHING);
  const [group, setGroup] = useState(false);
  const [flags, setFlags] = useState({ stored: true, asMessage: false });
  const [told, setTold] = useState("");
  const [{ error, fetching }, send] = useMutation(Send);
  // The key stays until it was sent: what is sent twice is told once.
  const id = useRef(freshId());
  const field = (name: keyof typeof NOTHING) => ({
    label: t(`broadcast.business.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  const flag = (name: keyof typeof flags) => ({
    label: t(`broadcast.business.${name}`),
    checked: flags[name],
    onChange: (event: { currentTarget: { checked: boolean } }) =>
      setFlags({ ...flags, [name]: event.currentTarget.checked }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTold("");
    const { sender, recipient, key, data } = values;
    const to = group ? { groupId: recipient } : { userId: recipient };
    const result = await send({ id: id.current, sender, recipient: to, key, data, ...flags });
    if (!result.data) return;
    id.current = freshId();
    setTold(recipient);
    setValues({ ...NOTHING, sender });
  }

  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} maw={720}>
      <Stack>
        <Sender value={values.sender} change={(sender) => setValues({ ...values, sender })} />
        <SegmentedControl
          aria-label={t("broadcast.receivers")}
          value={group ? "group" : "user"}
          data={[
            { value: "user", label: t("broadcast.business.user") },
            { value: "group", label: t("broadcast.business.group") },
          ]}
          onChange={(value) => setGroup(value === "group")}
        />
        <TextInput {...field("recipient")} required maxLength={64} />
        <TextInput {...field("key")} required maxLength={255} />
        <Textarea {...field("data")} rows={5} ff="monospace" />
        <Checkbox {...flag("stored")} />
        <Checkbox {...flag("asMessage")} />
        {error && <Failed error={error} />}
        {told && (
          <Alert color="green" role="status">
            {t("broadcast.business.told", { id: told })}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={fetching}>
            {t("broadcast.send")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
