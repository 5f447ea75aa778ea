// Chats as whoever is signed in, live: what is said anywhere appears here by the same stream that every client has.
import { Badge, Group, NavLink, Paper, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery, useSubscription } from "urql";
import { useNews } from "~/app/live";
import { LinkButton } from "~/components/links";
import { preview } from "~/components/message/preview";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { type Conversation, Events, List } from "./documents";
import { Talk } from "./Talk";

export function ChatPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/chat" });
  const { id, to } = useSearch({ from: "/inside/chat" });
  const [news, setNews] = useState(0);
  const [{ data, error, fetching }, again] = useQuery({ query: List, requestPolicy: "cache-and-network" });
  const reload = useCallback(() => {
    again({ requestPolicy: "network-only" });
    setNews((count) => count + 1);
  }, [again]);
  const tell = useNews(reload);
  useSubscription({ query: Events }, (_, event) => {
    tell();
    return event;
  });
  const [peer, setPeer] = useState("");

  function start(event: FormEvent) {
    event.preventDefault();
    if (!peer) return;
    setPeer("");
    void navigate({ search: { to: peer } });
  }

  const conversations = data?.viewer?.conversations.edges.map((edge) => edge.node) ?? [];
  const known = to ? conversations.find((conversation) => conversation.peer?.id === to) : undefined;
  const opened = id ?? known?.id;
  // A narrow screen has room for the list or for what is said.
  const talking = opened !== undefined || to !== undefined;
  return (
    <Page title={t("places.chat")}>
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!data && fetching && <Loading />}
      {data && (
        <Group align="stretch" gap="md" wrap="wrap">
          <Paper withBorder p="xs" w={{ base: "100%", sm: 300 }} {...(talking && { visibleFrom: "sm" })}>
            <form onSubmit={start}>
              <TextInput
                aria-label={t("chat.start")}
                placeholder={t("chat.start")}
                value={peer}
                onChange={(event) => setPeer(event.currentTarget.value)}
                mb="xs"
              />
            </form>
            <ScrollArea.Autosize mah="65dvh">
              <Stack gap={2} component="nav" aria-label={t("chat.conversations")}>
                {conversations.map((conversation) => (
                  <NavLink
                    key={conversation.id}
                    active={conversation.id === opened}
                    label={nameOf(conversation)}
                    description={preview(conversation.latestMessage) || t("chat.other")}
                    rightSection={
                      conversation.unreadCount > 0 &&
                      conversation.id !== opened && (
                        <Badge circle aria-label={t("chat.unread", { count: conversation.unreadCount })}>
                          {conversation.unreadCount}
                        </Badge>
                      )
                    }
                    onClick={() => navigate({ search: { id: conversation.id } })}
                    component="button"
                  />
                ))}
              </Stack>
            </ScrollArea.Autosize>
            {conversations.length === 0 && <Empty text={t("chat.none")} />}
          </Paper>
          <Paper withBorder p="md" flex={1} miw={280} {...(!talking && { visibleFrom: "sm" })}>
            {talking && <Back />}
            {opened ? (
              <Talk key={opened} id={opened} news={news} viewer={data.viewer?.id ?? ""} />
            ) : to ? (
              <Talk key={to} to={to} news={news} viewer={data.viewer?.id ?? ""} />
            ) : (
              <Text c="dimmed">{t("chat.choose")}</Text>
            )}
          </Paper>
        </Group>
      )}
    </Page>
  );
}

/** Leads from what is said to the list where only one of them is seen. */
function Back() {
  const { t } = useTranslation();
  const link = useRef<HTMLAnchorElement>(null);
  // What was chosen is not seen any more; where this is not seen, the focus stays.
  useEffect(() => link.current?.focus(), []);
  return (
    <LinkButton
      ref={link}
      to="/chat"
      hiddenFrom="sm"
      size="compact-sm"
      variant="subtle"
      mb="xs"
      leftSection={<IconArrowLeft size={16} aria-hidden />}
    >
      {t("chat.back")}
    </LinkButton>
  );
}

function nameOf(conversation: Conversation): string {
  return conversation.group?.name || conversation.peer?.nickname || conversation.peer?.id || conversation.id;
}
