// Who administers the server, and the secret that they log in with: where it is set, and exchanging it.
import { Alert, Badge, Button, Code, Group, Modal, Paper, SimpleGrid, Stack, Switch, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { because } from "~/app/reason";
import { signOut } from "~/app/session";
import { Confirm, type Question } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import { type Column, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";

const Access = graphql(`
  query Access {
    admin {
      administrators { userId user { nickname faceUrl } configured logins }
      access { secretKept secretOrigin secretRotatable secretFixedBecause previousSecrets goodTokens }
    }
  }
`);

const Rotate = graphql(`
  mutation RotateSecret($endSessions: Boolean!) {
    rotateSecret(input: { endSessions: $endSessions }) { secret keptIn endedSessions }
  }
`);

type Admin = NonNullable<ResultOf<typeof Access>["admin"]>;
type Administrator = Admin["administrators"][number];
type Made = ResultOf<typeof Rotate>["rotateSecret"];

export function AccessPage() {
  const { t } = useTranslation();
  const [{ data, error, fetching }, again] = useQuery({ query: Access, requestPolicy: "cache-and-network" });
  const refresh = () => again({ requestPolicy: "network-only" });
  const columns: Column<Administrator>[] = [
    {
      head: t("users.user"),
      cell: (one) => (
        <Person id={one.userId} nickname={one.user?.nickname ?? null} faceUrl={one.user?.faceUrl ?? null} />
      ),
    },
    {
      head: t("access.why"),
      cell: (one) => (
        <Badge variant="dot" color={one.configured ? "green" : "gray"}>
          {t(one.configured ? "access.configured" : "access.levelOnly")}
        </Badge>
      ),
      below: true,
    },
    { head: t("access.logins"), cell: (one) => one.logins },
  ];
  return (
    <Page title={t("places.access")}>
      {error && <Failed error={error} retry={refresh} />}
      {!data && fetching && <Loading />}
      {data?.admin && (
        <Stack>
          <Title order={2}>{t("access.administrators")}</Title>
          {data.admin.administrators.length === 0 ? (
            <Empty text={t("access.none")} />
          ) : (
            <Rows
              label={t("access.administrators")}
              columns={columns}
              rows={data.admin.administrators}
              id={(one) => one.userId}
            />
          )}
          <Secret access={data.admin.access} changed={refresh} />
        </Stack>
      )}
    </Page>
  );
}

function Secret({ access, changed }: { access: Admin["access"]; changed: () => void }) {
  const { t, i18n } = useTranslation();
  const [endSessions, setEndSessions] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [, rotate] = useMutation(Rotate);
  const number = new Intl.NumberFormat(i18n.language);
  const facts = [
    ["origin", access.secretOrigin],
    ["previous", number.format(access.previousSecrets)],
    ["tokens", number.format(access.goodTokens)],
  ] as const;

  const ask = () =>
    setQuestion({
      title: t("access.rotate"),
      text: t(endSessions ? "access.sureAll" : "access.sure"),
      act: t("access.rotate"),
      sure: async (reason) => {
        const result = await rotate({ endSessions }, because(reason));
        if (result.data) setMade(result.data.rotateSecret);
        return result;
      },
    });

  function kept() {
    setMade(null);
    // With the others one's own login ended.
    if (endSessions) signOut("signedOut");
    else changed();
  }

  return (
    <Paper withBorder p="md" component="section" aria-label={t("access.secret")}>
      <Stack gap="sm">
        <Title order={2}>{t("access.secret")}</Title>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <Text size="xs" c="dimmed">
                {t(`access.${name}`)}
              </Text>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {value}
              </Text>
            </div>
          ))}
        </SimpleGrid>
        {access.secretFixedBecause && (
          <Alert variant="default" title={t("access.fixed")}>
            {access.secretFixedBecause}
          </Alert>
        )}
        {access.secretRotatable && (
          <Group justify="space-between">
            <Switch
              checked={endSessions}
              onChange={(event) => setEndSessions(event.currentTarget.checked)}
              label={t("access.endSessions")}
              description={t("access.endSessionsHelp")}
            />
            <Button color="red" variant="outline" onClick={ask}>
              {t("access.rotate")}
            </Button>
          </Group>
        )}
      </Stack>
      <Confirm question={question} close={() => setQuestion(null)} />
      <Modal
        opened={made !== null}
        onClose={kept}
        title={t("access.made")}
        closeOnClickOutside={false}
        closeOnEscape={false}
        withCloseButton={false}
      >
        <Stack>
          <Text>{t("access.once")}</Text>
          <Code block tabIndex={0} aria-label={t("access.made")} style={{ overflowWrap: "anywhere" }}>
            {made?.secret}
          </Code>
          <Text size="sm" c="dimmed">
            {t("access.keptIn", { file: made?.keptIn ?? "" })}
          </Text>
          <Group justify="flex-end">
            <Button onClick={kept} data-autofocus>
              {t("access.kept")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Paper>
  );
}
