// One conversation: its newest messages, older ones on demand, and a line to write.
import { Button, Group, ScrollArea, Stack, TextInput, Title } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useMutation, useQuery } from "urql";
import type { Shown } from "~/components/message/documents";
import { MessageItem } from "~/components/message/MessageItem";
import { Failed, Loading } from "~/components/States";
import { freshId } from "~/lib/fresh";
import { Messages, Read, Send } from "./documents";

export function Talk({ id, to, news, viewer }: { id?: string; to?: string; news: number; viewer: string }) {
  const { t } = useTranslation();
  const client = useClient();
  const [{ data, error, fetching }, again] = useQuery({
    query: Messages,
    variables: { id: id ?? "", before: null },
    pause: !id,
    requestPolicy: "cache-and-network",
  });
  const [older, setOlder] = useState<Shown[]>([]);
  const [start, setStart] = useState<string | null>(null);
  const [, read] = useMutation(Read);
  const bottom = useRef<HTMLDivElement>(null);
  const conversation = data?.viewer?.conversation;
  const newest = conversation?.messages.edges.map((edge) => edge.node) ?? [];
  const last = newest.at(-1)?.seq ?? 0;
  const first = newest[0]?.seq ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: news is the reason to ask again
  useEffect(() => {
    if (id) again({ requestPolicy: "network-only" });
  }, [news, id]);
  useEffect(() => {
    bottom.current?.scrollIntoView({ block: "end" });
    if (id && last > 0) void read({ id, seq: last });
  }, [id, last, read]);

  async function more() {
    if (!id || !conversation) return;
    const before = start ?? conversation.messages.pageInfo.startCursor;
    const page = await client.query(Messages, { id, before });
    const found = page.data?.viewer?.conversation?.messages;
    if (!found) return;
    setOlder((known) => [...found.edges.map((edge) => edge.node), ...known]);
    setStart(found.pageInfo.hasPreviousPage ? found.pageInfo.startCursor : "");
  }

  if (error) return <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />;
  if (id && !data && fetching) return <Loading />;
  const messages = [...older.filter((message) => message.seq < first), ...newest];
  const hasOlder = start === null ? conversation?.messages.pageInfo.hasPreviousPage : start !== "";
  const name = conversation?.group?.name || conversation?.peer?.nickname || conversation?.peer?.id || to || "";
  const recipient = conversation?.group
    ? { groupId: conversation.group.id }
    : { userId: conversation?.peer?.id ?? to ?? "" };
  return (
    <Stack h="70dvh" gap="sm">
      <Title order={2}>{name}</Title>
      <ScrollArea flex={1} viewportProps={{ tabIndex: 0, role: "log", "aria-label": t("chat.messages") }}>
        {hasOlder && (
          <Group justify="center" mb="xs">
            <Button size="compact-xs" variant="default" onClick={more}>
              {t("chat.older")}
            </Button>
          </Group>
        )}
        <Stack gap="xs">
          {messages.map((message) => (
            <MessageItem key={message.seq} message={message} own={message.senderId === viewer} />
          ))}
        </Stack>
        <div ref={bottom} />
      </ScrollArea>
      <Write recipient={recipient} />
    </Stack>
  );
}

function Write({ recipient }: { recipient: { groupId: string } | { userId: string } }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [{ fetching, error }, send] = useMutation(Send);
  // The key stays while a text waits: what is sent twice is stored once.
  const key = useRef(freshId());

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim() === "") return;
    const result = await send({ recipient, key: key.current, text });
    if (!result.data) return;
    key.current = freshId();
    setText("");
  }

  return (
    <form onSubmit={submit}>
      {error && <Failed error={error} />}
      <Group wrap="nowrap">
        <TextInput
          flex={1}
          aria-label={t("chat.write")}
          placeholder={t("chat.write")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maxLength={20_000}
        />
        <Button type="submit" loading={fetching}>
          {t("chat.send")}
        </Button>
      </Group>
    </form>
  );
}
