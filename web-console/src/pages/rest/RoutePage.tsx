// One route: its operation in the graph, a body to try, and what the server answers.
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Code,
  Group,
  JsonInput,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "~/app/session";
import { Confirm, type Question } from "~/components/Confirm";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { type Answer, call, translate } from "./call";
import { exampleBody } from "./example";
import { Kind } from "./RestPage";
import { type Description, type Route, useRoutes } from "./routes";

export function RoutePage() {
  const { t } = useTranslation();
  const { _splat: place = "" } = useParams({ from: "/inside/rest/route/$" });
  const { description, error, again } = useRoutes();
  if (error) return <Failed error={error} retry={again} />;
  if (!description) return <Loading />;
  const route = description.routes.find((known) => known.path === `/${place}`);
  if (!route) return <Empty text={t("rest.unknown", { path: `/${place}` })} />;
  return (
    <Page
      title={route.path}
      acts={
        <LinkButton to="/rest" variant="default">
          {t("rest.all")}
        </LinkButton>
      }
    >
      <Stack>
        <Group gap="sm">
          <Badge variant="light">{route.method}</Badge>
          <Kind kind={route.kind} />
          <Badge variant="default">{t(`rest.callers.${route.caller}`)}</Badge>
        </Group>
        {route.summary && <Text>{route.summary}</Text>}
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Paper withBorder p="md">
            {route.method === "POST" ? (
              <Try key={route.path} route={route} description={description} />
            ) : (
              <Follow key={route.path} route={route} />
            )}
          </Paper>
          <Paper withBorder p="md">
            <Stack gap="xs">
              <Title order={2}>{t("rest.operation")}</Title>
              <Text size="sm" c="dimmed">
                {t("rest.hints")}
              </Text>
              <Code block tabIndex={0} style={{ maxHeight: 520, overflow: "auto" }}>
                {route.document}
              </Code>
            </Stack>
          </Paper>
        </SimpleGrid>
      </Stack>
    </Page>
  );
}

function Try({ route, description }: { route: Route; description: Description }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useSession()?.userId ?? "";
  const [body, setBody] = useState(() => JSON.stringify(exampleBody(route, description, me), null, 2));
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const broken = useMemo(() => !isJson(body), [body]);

  async function attempt(work: () => Promise<Answer | null>) {
    setBusy(true);
    setFailure(null);
    try {
      setAnswer(await work());
    } catch (error) {
      setAnswer(null);
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  function send() {
    if (route.kind === "query") return void attempt(() => call(route.path, body));
    setQuestion({
      title: t("rest.sure.title"),
      text: t("rest.sure.text", { path: route.path }),
      act: t("rest.send"),
      sure: async (reason) => {
        await attempt(() => call(route.path, body, reason));
        return {};
      },
    });
  }

  const open = () =>
    attempt(async () => {
      const told = await translate(route.path, body);
      if (!("query" in told)) return told;
      await navigate({
        to: "/explorer",
        search: { query: told.query, variables: JSON.stringify(told.variables, null, 2) },
      });
      return null;
    });

  return (
    <Stack gap="xs">
      <Title order={2}>{t("rest.try")}</Title>
      <JsonInput
        label={t("rest.body")}
        value={body}
        onChange={setBody}
        validationError={t("rest.noJson")}
        autosize
        minRows={4}
        maxRows={20}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        spellCheck={false}
      />
      {route.rules.length > 0 && (
        <details>
          <summary>{t("rest.rules")}</summary>
          <Code block mt="xs">
            {route.rules.join("\n")}
          </Code>
        </details>
      )}
      <Group>
        <Button onClick={send} loading={busy} disabled={broken}>
          {t("rest.send")}
        </Button>
        <Button variant="default" onClick={open} disabled={broken || busy}>
          {t("rest.open")}
        </Button>
      </Group>
      {failure !== null && (
        <Alert color="red" role="alert" title={t("errors.NETWORK")}>
          {failure}
        </Alert>
      )}
      {answer && <Answered answer={answer} />}
      <Confirm question={question} close={() => setQuestion(null)} />
    </Stack>
  );
}

function Answered({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const good = answer.code === 0;
  return (
    <Stack gap="xs" role="status">
      <Group gap="xs">
        <Title order={3}>{t("rest.answer")}</Title>
        <Badge variant="dot" color={good ? "green" : "red"}>
          {t("rest.status", { status: answer.status })}
        </Badge>
        {answer.code !== null && <Badge variant="default">{t("rest.code", { code: answer.code })}</Badge>}
        <Text size="sm" c="dimmed">
          {t("rest.took", { milliseconds: answer.milliseconds })}
        </Text>
      </Group>
      <Code block tabIndex={0} style={{ maxHeight: 420, overflow: "auto" }}>
        {answer.text}
      </Code>
    </Stack>
  );
}

/** A route that leads elsewhere is a link to follow. */
function Follow({ route }: { route: Route }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, string>>({});
  const missing = route.parameters.some((name) => !values[name]);
  const address = route.path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    (values[name] ?? "").split("/").map(encodeURIComponent).join("/"),
  );
  return (
    <Stack gap="xs">
      <Title order={2}>{t("rest.try")}</Title>
      {route.parameters.map((name) => (
        <TextInput
          key={name}
          label={name}
          value={values[name] ?? ""}
          onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
        />
      ))}
      {missing ? (
        <Text size="sm" c="dimmed">
          {t("rest.follow")}
        </Text>
      ) : (
        <Anchor href={address} target="_blank" rel="noreferrer noopener">
          {address}
        </Anchor>
      )}
    </Stack>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
