// The members of a group, however many: found by name and role, with what an administrator may do with one of them.
import { Button, Group, Menu, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import type { Question } from "~/components/Confirm";
import { Ids } from "~/components/Ids";
import { LongRows } from "~/components/LongRows";
import { MenuLink } from "~/components/links";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import type { Listed } from "~/components/useLongList";
import { formatTime } from "~/lib/format";
import {
  ChangeRole,
  Invite,
  type Member,
  MuteMember,
  type OpenGroup,
  Remove,
  Transfer,
  UnmuteMember,
} from "./documents";
import { ROLES } from "./status";

const MINUTE = 60;
/** For how long one can be muted, in minutes. */
const MUTES = [10, 60, 1440, 43_200] as const;

export function Members<Data>({
  group,
  listed,
  ask,
  done,
}: {
  group: OpenGroup;
  listed: Listed<Member, Data>;
  ask: (question: Question) => void;
  done: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { search, role, offset = 0 } = useSearch({ from: "/inside/groups/$id" });
  const navigate = useNavigate({ from: "/groups/$id" });
  const [inviting, { open, close }] = useDisclosure();
  const [, invite] = useMutation(Invite);
  const dismissed = group.status === "DISMISSED";
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { ...(text && { search: text }), ...(role && { role }) }, replace: true }),
    250,
  );
  const columns: Column<Member>[] = [
    { head: t("groups.member"), cell: (member) => <Person {...member} id={member.userId} />, width: "40%" },
    {
      head: t("groups.role"),
      cell: (member) => (
        <>
          {t(`groups.roles.${member.role}`)}
          {member.mutedUntil && new Date(member.mutedUntil) > new Date() && (
            <Text size="xs" c="dimmed">
              {t("groups.mutedUntil", { time: formatTime(member.mutedUntil, i18n.language) })}
            </Text>
          )}
        </>
      ),
    },
    { head: t("groups.joinedAt"), cell: (member) => formatTime(member.joinedAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: (member) => <MemberActs group={group} member={member} ask={ask} />,
      width: "110px",
    },
  ];
  return (
    <>
      <Group mb="sm" grow preventGrowOverflow={false}>
        <TextInput
          aria-label={t("groups.searchMember")}
          placeholder={t("groups.searchMember")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look(event.currentTarget.value)}
        />
        <Select
          aria-label={t("groups.role")}
          placeholder={t("groups.role")}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          maw={220}
          value={role ?? null}
          data={ROLES.map((value) => ({ value, label: t(`groups.roles.${value}`) }))}
          onChange={(value) => {
            const chosen = ROLES.find((known) => known === value);
            void navigate({ search: { ...(search && { search }), ...(chosen && { role: chosen }) } });
          }}
        />
        {!dismissed && (
          <Button variant="default" onClick={open} maw={160}>
            {t("groups.invite")}
          </Button>
        )}
      </Group>
      <LongRows
        label={t("groups.members")}
        listed={listed}
        none={t(search || role ? "groups.noMemberFound" : "groups.noMembers")}
        columns={columns}
        offset={offset}
      />
      <Ids
        opened={inviting}
        close={close}
        title={t("groups.invite")}
        act={t("groups.invite")}
        run={(userIds) => invite({ id: group.id, userIds })}
        done={done}
      />
    </>
  );
}

function MemberActs({ group, member, ask }: { group: OpenGroup; member: Member; ask: (question: Question) => void }) {
  const { t } = useTranslation();
  const [, remove] = useMutation(Remove);
  const [, transfer] = useMutation(Transfer);
  const [, mute] = useMutation(MuteMember);
  const [, unmute] = useMutation(UnmuteMember);
  const [, change] = useMutation(ChangeRole);
  const { id, name } = group;
  const { userId } = member;
  const muted = member.mutedUntil !== null && new Date(member.mutedUntil) > new Date();
  const words = { id: userId, name };

  function sure(act: "remove" | "transfer" | "mute" | "unmute" | "promote" | "demote", run: Question["sure"]) {
    const base = act === "mute" ? "muteMember" : act === "unmute" ? "unmuteMember" : act;
    ask({
      title: t(`groups.sure.${base}.title`),
      text: t(`groups.sure.${base}.text`, words),
      act: t(`groups.sure.${base}.act`),
      sure: run,
    });
  }

  return (
    <Menu>
      <Menu.Target>
        <Button size="compact-xs" variant="default" aria-label={t("groups.actsFor", { id: userId })}>
          {t("acts.acts")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuLink to="/users/$id" params={{ id: userId }}>
          {t("groups.profile")}
        </MenuLink>
        {member.role !== "OWNER" && group.status !== "DISMISSED" && (
          <>
            <Menu.Item
              onClick={() =>
                sure("transfer", (reason) => transfer({ id, from: group.ownerId, to: userId }, because(reason)))
              }
            >
              {t("groups.makeOwner")}
            </Menu.Item>
            {member.role === "MEMBER" ? (
              <Menu.Item
                onClick={() => sure("promote", (reason) => change({ id, userId, role: "ADMIN" }, because(reason)))}
              >
                {t("groups.promote")}
              </Menu.Item>
            ) : (
              <Menu.Item
                onClick={() => sure("demote", (reason) => change({ id, userId, role: "MEMBER" }, because(reason)))}
              >
                {t("groups.demote")}
              </Menu.Item>
            )}
            <Menu.Divider />
            {muted ? (
              <Menu.Item onClick={() => sure("unmute", (reason) => unmute({ id, userId }, because(reason)))}>
                {t("groups.unmute")}
              </Menu.Item>
            ) : (
              MUTES.map((minutes) => (
                <Menu.Item
                  key={minutes}
                  onClick={() =>
                    sure("mute", (reason) => mute({ id, userId, seconds: minutes * MINUTE }, because(reason)))
                  }
                >
                  {t(`groups.muteFor.${minutes}`)}
                </Menu.Item>
              ))
            )}
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => sure("remove", (reason) => remove({ id, userId }, because(reason)))}>
              {t("groups.remove")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
