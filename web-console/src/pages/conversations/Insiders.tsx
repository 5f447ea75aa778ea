// Through whose eyes a conversation can be read: the members of its group, or the two people that its id names.
import { Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import { type Column, Rows } from "~/components/Rows";
import { Failed, Loading } from "~/components/States";
import { useLongList } from "~/components/useLongList";
import { graphql } from "~/graphql";
import { groupOf, pairsOf, peopleOf } from "./inside";

const MembersOf = graphql(`
  query Insiders($group: ID!, $first: Int!, $after: String, $offset: Int) {
    group(id: $group) {
      id
      members(first: $first, after: $after, offset: $offset) {
        totalCount
        pageInfo { endCursor }
        edges { node { userId nickname faceUrl } }
      }
    }
  }
`);

const PeopleOf = graphql(`query TwoPeople($ids: [ID!]!) { users(ids: $ids) { id nickname faceUrl } }`);

interface Someone {
  id: string;
  nickname: string;
  faceUrl: string;
}

export function Insiders({ id, choose }: { id: string; choose: (user: string) => void }) {
  const { t } = useTranslation();
  const group = groupOf(id);
  const columns: Column<Someone>[] = [{ head: t("users.user"), cell: (person) => <Person {...person} /> }];
  const props = { label: t("conversations.insiders"), columns, open: (person: Someone) => choose(person.id) };
  return (
    <>
      <Text mb="sm">{t("conversations.asWhom")}</Text>
      {group !== null && <Members group={group} {...props} />}
      {group === null && pairsOf(id).length > 0 && <People id={id} {...props} />}
    </>
  );
}

interface Props {
  label: string;
  columns: readonly Column<Someone>[];
  open: (person: Someone) => void;
}

function Members({ group, columns, open, label }: Props & { group: string }) {
  const { t } = useTranslation();
  const { offset = 0 } = useSearch({ from: "/inside/conversations/$id" });
  const members = useLongList(MembersOf, {
    variables: (place) => ({ ...place, group }),
    read: (data) => {
      const found = data.group?.members;
      return found && { ...found, edges: found.edges.map(({ node }) => ({ node: { ...node, id: node.userId } })) };
    },
    offset,
  });
  return (
    <LongRows
      label={label}
      listed={members}
      none={members.data && !members.data.group ? t("groups.unknown", { id: group }) : t("groups.noMembers")}
      columns={columns}
      open={open}
      offset={offset}
    />
  );
}

function People({ id, columns, open, label }: Props & { id: string }) {
  const [{ data, error, fetching }, again] = useQuery({
    query: PeopleOf,
    variables: { ids: [...new Set(pairsOf(id).flat())] },
  });
  if (error) return <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />;
  if (fetching && !data) return <Loading />;
  const people = peopleOf(id, data?.users ?? []);
  if (people.length === 0) return null;
  return <Rows label={label} columns={columns} rows={people} id={(person) => person.id} open={open} />;
}
