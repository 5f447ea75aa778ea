// A message to all users or to some, with how far it is and whom it did not reach.
import { Button, Checkbox, Group, Paper, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { graphql, type VariablesOf } from "~/graphql";
import { freshId } from "~/lib/fresh";
import { readIds } from "~/lib/ids";
import { BATCH, Broadcast, chosen } from "./broadcast";
import { Progress } from "./Progress";
import { begin, useBroadcast } from "./running";
import { Sender } from "./Sender";

const Everybody = graphql(`
  query Everybody($first: Int!, $offset: Int!) {
    userIds(first: $first, offset: $offset) { ids totalCount }
  }
`);
const Send = graphql(`
  mutation SendBatch(
    $key: ID!
    $sender: ID!
    $receivers: [ID!]!
    $content: MessageContentInput!
    $silent: Boolean!
  ) {
    sendMessageBatch(
      input: {
        clientMessageId: $key
        senderId: $sender
        receiverIds: $receivers
        content: $content
        notOfflinePush: $silent
      }
    ) {
      sentCount
      failures { receiverId code message }
    }
  }
`);

type Content = VariablesOf<typeof Send>["content"];

const FORMS = ["text", "markdown", "notice"] as const;
const NOTHING = { sender: "", text: "", url: "", ids: "" };

export function SendToMany() {
  const { t } = useTranslation();
  const client = useClient();
  const running = useBroadcast();
  const [values, setValues] = useState(NOTHING);
  const [form, setForm] = useState<(typeof FORMS)[number]>("text");
  const [everybody, setEverybody] = useState(false);
  const [silent, setSilent] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const ids = readIds(values.ids);
  const put = (name: keyof typeof NOTHING) => (event: { currentTarget: { value: string } }) =>
    setValues({ ...values, [name]: event.currentTarget.value });

  function content(): Content {
    const { text, sender, url } = values;
    if (form === "text") return { text: { text } };
    if (form === "markdown") return { markdown: { text } };
    return { systemNotice: { name: sender, noticeType: 1, text, ...(url && { url }) } };
  }

  /** Starts to send; the answers come by and by. */
  function start(reason: string, receivers: readonly string[] | null, key: string, said: Content) {
    const { sender } = values;
    const everyone = async (offset: number) => {
      const { data, error } = await client.query(
        Everybody,
        { first: BATCH, offset },
        { requestPolicy: "network-only" },
      );
      if (error) return { problem: error };
      return { value: { ids: data?.userIds.ids ?? [], total: data?.userIds.totalCount ?? 0 } };
    };
    const send = async (receivers: readonly string[]) => {
      // Nobody is told by oneself.
      const others = receivers.filter((id) => id !== sender);
      if (others.length === 0) return { value: { sent: 0, failures: [] } };
      const variables = { key, sender, receivers: others, content: said, silent };
      const { data, error } = await client.mutation(Send, variables, because(reason));
      if (error) return { problem: error };
      return {
        value: { sent: data?.sendMessageBatch.sentCount ?? 0, failures: data?.sendMessageBatch.failures ?? [] },
      };
    };
    begin(new Broadcast({ receivers: receivers ? chosen(receivers) : everyone, send }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const receivers = everybody ? null : ids;
    const said = content();
    setQuestion({
      title: t("broadcast.send"),
      text: everybody ? t("broadcast.sureAll") : t("broadcast.sureSome", { count: ids.length }),
      act: t("broadcast.send"),
      sure: async (reason) => {
        start(reason, receivers, freshId(), said);
        return {};
      },
    });
  }

  const busy = running?.progress.phase === "running";
  return (
    <Stack>
      <Paper withBorder p="md" component="form" onSubmit={submit} maw={720}>
        <Stack>
          <Sender value={values.sender} change={(sender) => setValues({ ...values, sender })} />
          <SegmentedControl
            aria-label={t("broadcast.form")}
            value={form}
            data={FORMS.map((value) => ({ value, label: t(`broadcast.forms.${value}`) }))}
            onChange={(value) => setForm(FORMS.find((known) => known === value) ?? form)}
          />
          <Textarea
            label={t("broadcast.text")}
            required
            rows={4}
            maxLength={20_000}
            value={values.text}
            onChange={put("text")}
          />
          {form === "notice" && (
            <TextInput label={t("broadcast.url")} type="url" value={values.url} onChange={put("url")} />
          )}
          <SegmentedControl
            aria-label={t("broadcast.receivers")}
            value={everybody ? "all" : "some"}
            data={[
              { value: "some", label: t("broadcast.some") },
              { value: "all", label: t("broadcast.all") },
            ]}
            onChange={(value) => setEverybody(value === "all")}
          />
          {!everybody && (
            <Textarea
              label={t("ids.label")}
              description={t("broadcast.idsHelp", { count: ids.length })}
              rows={4}
              required
              maxLength={1_000_000}
              value={values.ids}
              onChange={put("ids")}
            />
          )}
          <Checkbox
            label={t("broadcast.silent")}
            checked={silent}
            onChange={(event) => setSilent(event.currentTarget.checked)}
          />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {busy ? t("broadcast.oneAtATime") : ""}
            </Text>
            <Button type="submit" disabled={busy || (!everybody && ids.length === 0)}>
              {t("broadcast.send")}
            </Button>
          </Group>
        </Stack>
      </Paper>
      {running && <Progress {...running} />}
      <Confirm question={question} close={() => setQuestion(null)} />
    </Stack>
  );
}
