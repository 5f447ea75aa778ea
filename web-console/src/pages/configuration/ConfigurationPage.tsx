// How the server is configured: each value with its source, changed where that is allowed, and what was changed before.
import { Affix, Alert, Button, Group, List, Paper, Select, Stack, Switch, Tabs, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { problemOf } from "~/app/errors";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { Configuration, Manage, Reset, Restart, type Setting, Update } from "./documents";
import { type Draft, differs, draftOf, problemsOf, sentValue } from "./drafts";
import { HistoryList } from "./HistoryList";
import { SettingField, useWords } from "./SettingField";

export function ConfigurationPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/configuration" });
  const { search, section, view } = useSearch({ from: "/inside/configuration" });
  const [{ data, error, fetching }, again] = useQuery({ query: Configuration, requestPolicy: "cache-and-network" });
  const refresh = () => again({ requestPolicy: "network-only" });
  const [drafts, setDrafts] = useState<Record<string, Draft>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [question, setQuestion] = useState<Question | null>(null);
  const [, update] = useMutation(Update);
  const [, reset] = useMutation(Reset);
  const [, manage] = useMutation(Manage);
  const [, restart] = useMutation(Restart);
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: text ? { search: text } : {}, replace: true }),
    250,
  );
  const found = data?.admin?.configuration;
  const settings = found?.settings ?? [];
  const sections = [...new Set(settings.map((setting) => setting.section))];
  const chosen = section ?? sections[0];
  const say = useWords();
  const words = ({ key, description, source, origin }: Setting) =>
    [key, description, source, t(`configuration.sources.${source}`), say(origin)].join(" ").toLowerCase();
  const seen = settings.filter((setting) => (search ? matches(words(setting), search) : setting.section === chosen));
  const changed = settings.filter((setting) => {
    const draft = drafts[setting.key];
    return draft !== undefined && differs(setting, draft);
  });
  const waiting = settings.filter((setting) => setting.restartNeeded);

  function discard() {
    setDrafts({});
    setProblems({});
  }

  function save() {
    const changes = changed.map((setting) => ({
      key: setting.key,
      value: sentValue(setting, drafts[setting.key] ?? draftOf(setting)),
    }));
    setQuestion({
      title: t("configuration.sure.save"),
      text: changes.map((change) => change.key).join(", "),
      act: t("acts.save"),
      sure: async (reason) => {
        const result = await update({ changes }, because(reason));
        const told = result.error && problemOf(result.error);
        const named =
          told &&
          problemsOf(
            told.detail,
            changes.map((change) => change.key),
          );
        setProblems(named?.byKey ?? {});
        // What is wrong with a field is told beside it; everything else is told here.
        if (named && Object.keys(named.byKey).length > 0 && named.rest === "") return {};
        if (result.data) {
          discard();
          notifications.show({ message: t("acts.saved") });
          refresh();
        }
        return result;
      },
    });
  }

  const askReset = (key: string) =>
    setQuestion({
      title: t("configuration.sure.reset"),
      text: t("configuration.sure.resetText", { key }),
      act: t("configuration.reset"),
      sure: async (reason) => {
        const result = await reset({ keys: [key] }, because(reason));
        if (result.data) {
          setDrafts(({ [key]: _, ...rest }) => rest);
          refresh();
        }
        return result;
      },
    });

  const askManage = (enabled: boolean) =>
    setQuestion({
      title: t(enabled ? "configuration.sure.on" : "configuration.sure.off"),
      text: t(enabled ? "configuration.sure.onText" : "configuration.sure.offText"),
      act: t(enabled ? "configuration.sure.on" : "configuration.sure.off"),
      sure: async (reason) => {
        const result = await manage({ enabled }, because(reason));
        if (result.data) refresh();
        return result;
      },
    });

  const askRestart = () =>
    setQuestion({
      title: t("configuration.restart"),
      text: t("configuration.sure.restartText"),
      act: t("configuration.restart"),
      sure: async (reason) => {
        const result = await restart({ nodeIds: null }, because(reason));
        if (result.data) notifications.show({ message: t("configuration.restarting") });
        return result;
      },
    });

  return (
    <Page
      title={t("places.configuration")}
      acts={
        <Button color="red" variant="outline" onClick={askRestart}>
          {t("configuration.restart")}
        </Button>
      }
    >
      {error && <Failed error={error} retry={refresh} />}
      {!found && fetching && <Loading />}
      {found && (
        <Stack>
          <Switch
            checked={found.managed}
            onChange={(event) => askManage(event.currentTarget.checked)}
            label={t("configuration.managed")}
            description={t("configuration.managedHelp")}
          />
          {found.problems.length > 0 && (
            <Alert variant="default" title={t("configuration.problems")}>
              <List size="sm">
                {found.problems.map((problem) => (
                  <List.Item key={problem.key}>{`${problem.key}: ${problem.message}`}</List.Item>
                ))}
              </List>
            </Alert>
          )}
          {waiting.length > 0 && (
            <Alert variant="default" title={t("configuration.waiting")}>
              <Text size="sm">{waiting.map((setting) => setting.key).join(", ")}</Text>
            </Alert>
          )}
          <Tabs
            value={view ?? "settings"}
            onChange={(next) => navigate({ search: next === "history" ? { view: "history" } : {} })}
            keepMounted={false}
          >
            <Tabs.List mb="sm">
              <Tabs.Tab value="settings">{t("configuration.settings")}</Tabs.Tab>
              <Tabs.Tab value="history">{t("configuration.history")}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="history">
              <HistoryList />
            </Tabs.Panel>
            <Tabs.Panel value="settings">
              <Group mb="sm" grow preventGrowOverflow={false}>
                <Select
                  aria-label={t("configuration.section")}
                  value={search ? null : (chosen ?? null)}
                  placeholder={t("configuration.section")}
                  data={sections}
                  searchable
                  maw={240}
                  onChange={(value) => navigate({ search: value ? { section: value } : {} })}
                />
                <TextInput
                  key={section}
                  aria-label={t("configuration.search")}
                  placeholder={t("configuration.search")}
                  leftSection={<IconSearch size={16} />}
                  defaultValue={search ?? ""}
                  onChange={(event) => look(event.currentTarget.value)}
                />
              </Group>
              {seen.length === 0 && <Empty text={t("configuration.none")} />}
              <Stack gap="xs" pb={changed.length > 0 ? 72 : 0}>
                {seen.map((setting) => (
                  <SettingField
                    key={setting.key}
                    setting={setting}
                    draft={drafts[setting.key] ?? draftOf(setting)}
                    problem={problems[setting.key]}
                    change={(draft) => setDrafts((before) => ({ ...before, [setting.key]: draft }))}
                    reset={() => askReset(setting.key)}
                  />
                ))}
              </Stack>
            </Tabs.Panel>
          </Tabs>
        </Stack>
      )}
      {changed.length > 0 && (
        <Affix position={{ bottom: 16, right: 16 }}>
          <Paper withBorder shadow="md" p="sm" role="status">
            <Group>
              <Text size="sm">{t("configuration.changes", { count: changed.length })}</Text>
              <Button size="xs" variant="default" onClick={discard}>
                {t("configuration.discard")}
              </Button>
              <Button size="xs" onClick={save}>
                {t("acts.save")}
              </Button>
            </Group>
          </Paper>
        </Affix>
      )}
      <Confirm question={question} close={() => setQuestion(null)} />
    </Page>
  );
}

function matches(all: string, text: string): boolean {
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
