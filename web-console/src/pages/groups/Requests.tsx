// Who wants to enter a group, and the answer.
import { Badge, Button, Group, Select, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { Failed } from "~/components/States";
import type { Listed } from "~/components/useLongList";
import { formatTime } from "~/lib/format";
import { Answer, type OpenGroup, type Request } from "./documents";
import { REQUEST_STATUSES } from "./status";

const COLOURS = { OPEN: "yellow", ACCEPTED: "green", REFUSED: "gray" } as const;

export function Requests<Data>({
  group,
  listed,
  done,
}: {
  group: OpenGroup;
  listed: Listed<Request, Data>;
  done: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { status, offset = 0 } = useSearch({ from: "/inside/groups/$id" });
  const navigate = useNavigate({ from: "/groups/$id" });
  const [{ error, fetching }, answer] = useMutation(Answer);

  async function say(userId: string, status: "ACCEPTED" | "REFUSED") {
    const result = await answer({ id: group.id, userId, status });
    if (result.data) done();
  }

  const columns: Column<Request>[] = [
    {
      head: t("groups.applicant"),
      cell: (request) => (
        <Person id={request.userId} nickname={request.user?.nickname ?? ""} faceUrl={request.user?.faceUrl ?? ""} />
      ),
      width: "30%",
    },
    {
      head: t("groups.message"),
      cell: (request) => (
        <Text size="sm" lineClamp={2}>
          {request.message}
        </Text>
      ),
      wide: true,
    },
    { head: t("groups.requestedAt"), cell: (request) => formatTime(request.requestedAt, i18n.language), wide: true },
    {
      head: t("groups.answer"),
      cell: (request) =>
        request.status === "OPEN" && group.status !== "DISMISSED" ? (
          <Group gap="xs">
            <Button size="compact-xs" loading={fetching} onClick={() => say(request.userId, "ACCEPTED")}>
              {t("groups.accept")}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              loading={fetching}
              onClick={() => say(request.userId, "REFUSED")}
            >
              {t("groups.refuse")}
            </Button>
          </Group>
        ) : (
          <Badge variant="dot" color={COLOURS[request.status]}>
            {t(`requestStates.${request.status}`)}
          </Badge>
        ),
    },
  ];
  return (
    <>
      <Select
        mb="sm"
        aria-label={t("groups.status")}
        placeholder={t("groups.status")}
        clearable
        clearButtonProps={{ "aria-label": t("acts.clear") }}
        maw={220}
        value={status ?? null}
        data={REQUEST_STATUSES.map((value) => ({ value, label: t(`requestStates.${value}`) }))}
        onChange={(value) => {
          const chosen = REQUEST_STATUSES.find((known) => known === value);
          void navigate({ search: { tab: "requests", ...(chosen && { status: chosen }) } });
        }}
      />
      {error && <Failed error={error} />}
      <LongRows
        label={t("groups.tabs.requests")}
        listed={listed}
        none={t("groups.noRequests")}
        columns={columns}
        offset={offset}
      />
    </>
  );
}
