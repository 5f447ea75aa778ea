// One group: what it is, its members of any number, who wants to enter, and what an administrator may do with it.
import { Avatar, Badge, Button, Group, Paper, Stack, Tabs, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { useLongList } from "~/components/useLongList";
import { formatTime } from "~/lib/format";
import { lettersOf } from "~/lib/names";
import { Dismiss, Mute, OneGroup, type OpenGroup, Unmute } from "./documents";
import { Members } from "./Members";
import { Requests } from "./Requests";
import { Settings } from "./Settings";
import { GROUP_TABS, STATUS_COLOURS } from "./status";

export function GroupPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/groups/$id" });
  const { tab = "members", search, role, status, offset = 0 } = useSearch({ from: "/inside/groups/$id" });
  const navigate = useNavigate({ from: "/groups/$id" });
  const requested = tab === "requests";
  const members = useLongList(OneGroup, {
    variables: (place) => ({
      ...place,
      id,
      withMembers: true,
      search: search ?? null,
      roles: role ? [role] : null,
      withRequests: false,
      statuses: null,
    }),
    read: (data) => data.group?.members,
    offset,
    pause: requested,
  });
  const requests = useLongList(OneGroup, {
    variables: (place) => ({
      ...place,
      id,
      withMembers: false,
      search: null,
      roles: null,
      withRequests: true,
      statuses: status ? [status] : null,
    }),
    read: (data) => data.group?.requests,
    offset,
    pause: !requested,
  });
  const listed = requested ? requests : members;
  const data = listed.data ?? members.data ?? requests.data;
  const [question, setQuestion] = useState<Question | null>(null);

  const group = data?.group;
  if (!group) {
    return (
      <Page title={id}>
        {listed.problem && <Failed error={listed.problem} retry={listed.refresh} />}
        {!data && !listed.problem && <Loading />}
        {data && <Empty text={t("groups.unknown", { id })} />}
      </Page>
    );
  }

  function done() {
    notifications.show({ message: t("acts.saved") });
    listed.refresh();
  }

  return (
    <Page title={group.name} acts={<Acts group={group} ask={setQuestion} done={done} />}>
      <Stack>
        <About group={group} />
        <Tabs
          value={tab}
          onChange={(next) => {
            const tab = GROUP_TABS.find((known) => known === next);
            void navigate({ search: tab && tab !== "members" ? { tab } : {} });
          }}
        >
          <Tabs.List mb="sm">
            {GROUP_TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`groups.tabs.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="members">
            <Members group={group} listed={members} ask={setQuestion} done={done} />
          </Tabs.Panel>
          <Tabs.Panel value="requests">
            <Requests group={group} listed={requests} done={done} />
          </Tabs.Panel>
          <Tabs.Panel value="settings">
            <Settings key={id} group={group} done={done} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
      <Confirm question={question} close={() => setQuestion(null)} done={done} />
    </Page>
  );
}

function About({ group }: { group: OpenGroup }) {
  const { t, i18n } = useTranslation();
  return (
    <Paper withBorder p="md">
      <Group gap="lg">
        <Avatar src={group.faceUrl || null} alt="" name={lettersOf(group.name, group.id)} />
        <Badge variant="dot" color={STATUS_COLOURS[group.status]}>
          {t(`groups.statuses.${group.status}`)}
        </Badge>
        <Text size="sm">{group.id}</Text>
        <Text size="sm">
          {t("groups.owner")}: {group.owner?.nickname || group.ownerId}
        </Text>
        <Text size="sm">
          {t("groups.memberCount", {
            count: group.memberCount,
            shown: new Intl.NumberFormat(i18n.language).format(group.memberCount),
          })}
        </Text>
        <Text size="sm">{formatTime(group.createdAt, i18n.language)}</Text>
      </Group>
      {group.introduction && <Text mt="sm">{group.introduction}</Text>}
      {group.notification && (
        <Text mt="sm" c="dimmed">
          {group.notification}
        </Text>
      )}
    </Paper>
  );
}

function Acts({ group, ask, done }: { group: OpenGroup; ask: (question: Question) => void; done: () => void }) {
  const { t } = useTranslation();
  const { id, name } = group;
  const [muting, mute] = useMutation(Mute);
  const [unmuting, unmute] = useMutation(Unmute);
  const [, dismiss] = useMutation(Dismiss);
  const failure = muting.error ?? unmuting.error;

  async function speak() {
    const result = await unmute({ id });
    if (result.data) done();
  }

  return (
    <>
      {failure && <Failed error={failure} />}
      <LinkButton
        to="/conversations/$id"
        params={{ id: `sg_${id}` }}
        search={{ user: group.ownerId }}
        variant="default"
      >
        {t("groups.read")}
      </LinkButton>
      {group.status !== "DISMISSED" && (
        <>
          <Button
            variant="default"
            loading={unmuting.fetching}
            onClick={() =>
              group.status === "MUTED"
                ? speak()
                : ask({
                    title: t("groups.sure.mute.title"),
                    text: t("groups.sure.mute.text", { name }),
                    act: t("groups.mute"),
                    sure: (reason) => mute({ id }, because(reason)),
                  })
            }
          >
            {t(group.status === "MUTED" ? "groups.unmute" : "groups.mute")}
          </Button>
          <Button
            color="red"
            variant="outline"
            onClick={() =>
              ask({
                title: t("groups.sure.dismiss.title"),
                text: t("groups.sure.dismiss.text", { name }),
                act: t("groups.sure.dismiss.act"),
                sure: (reason) => dismiss({ id }, because(reason)),
              })
            }
          >
            {t("groups.dismiss")}
          </Button>
        </>
      )}
    </>
  );
}
