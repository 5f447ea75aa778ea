// One setting: its field with what is wrong beside it, where the value comes from, and what a change means.
import {
  Badge,
  Button,
  Group,
  Paper,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formatTime } from "~/lib/format";
import type { Setting } from "./documents";
import { type Draft, shown } from "./drafts";
import { inWords, type Word } from "./words";

/** Says what the server says of settings in the reader's language, as far as it is known. */
export function useWords() {
  const { t } = useTranslation();
  // Which values a word needs is known where the server's sentence is read, not to the compiler.
  const say = (word: Word, values: Record<string, unknown>) => t(`configuration.words.${word as "path"}`, values);
  return (text: string) => inWords(text, say);
}

const COLOURS = {
  DEFAULT: "gray",
  FILE: "blue",
  STORED: "green",
  ENVIRONMENT: "orange",
  COMMAND_LINE: "orange",
} as const;

export function SettingField({
  setting,
  draft,
  problem,
  change,
  reset,
}: {
  setting: Setting;
  draft: Draft;
  problem: string | undefined;
  change: (draft: Draft) => void;
  reset: () => void;
}) {
  const { t, i18n } = useTranslation();
  const say = useWords();
  const origin = say(setting.origin);
  return (
    <Paper withBorder p="sm" component="section" aria-label={setting.key}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Text size="sm" fw={600} ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {setting.key}
          </Text>
          <Group gap={6}>
            {setting.restartNeeded && (
              <Badge variant="dot" color="orange">
                {t("configuration.restartNeeded")}
              </Badge>
            )}
            <Badge variant="dot" color={COLOURS[setting.source]} title={origin}>
              {t(`configuration.sources.${setting.source}`)}
            </Badge>
          </Group>
        </Group>
        <Text size="sm">{setting.description}</Text>
        <Value setting={setting} draft={draft} problem={problem} change={change} />
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {[
            t("configuration.allowed", { what: say(setting.allowed) }),
            t("configuration.default", { value: shown(setting.defaultValue) || "–" }),
            origin,
            t(setting.live ? "configuration.live" : "configuration.afterRestart"),
            setting.changedAt !== null &&
              t("configuration.changed", {
                who: setting.changedBy,
                when: formatTime(setting.changedAt, i18n.language),
              }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
        {setting.problem && (
          <Text size="sm" c="red">
            {t("configuration.leftOut", { why: setting.problem })}
          </Text>
        )}
        {setting.changedAt !== null && (
          <Group>
            <Button
              size="compact-xs"
              variant="default"
              onClick={reset}
              aria-label={t("configuration.resetOne", { key: setting.key })}
            >
              {t("configuration.reset")}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function Value({
  setting,
  draft,
  problem,
  change,
}: {
  setting: Setting;
  draft: Draft;
  problem: string | undefined;
  change: (draft: Draft) => void;
}) {
  const { t } = useTranslation();
  const say = useWords();
  if (!setting.editable) {
    return (
      <>
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {shown(setting.value) || "–"}
        </Text>
        {setting.lockedBecause && (
          <Text size="xs" c="dimmed">
            {t("configuration.locked", { why: say(setting.lockedBecause) })}
          </Text>
        )}
      </>
    );
  }
  const common = { "aria-label": setting.key, error: problem };
  if (typeof draft === "boolean") {
    return (
      <Switch
        {...common}
        checked={draft}
        onChange={(event) => change(event.currentTarget.checked)}
        label={t(draft ? "configuration.on" : "configuration.off")}
      />
    );
  }
  if (typeof draft === "object") {
    return (
      <TagsInput
        {...common}
        value={draft}
        onChange={change}
        clearable
        clearButtonProps={{ "aria-label": t("acts.clear") }}
        placeholder={draft.length === 0 ? t("configuration.addOne") : ""}
      />
    );
  }
  if (setting.choices.length > 0) {
    return (
      <Select
        {...common}
        value={draft}
        data={setting.choices}
        allowDeselect={false}
        onChange={(value) => change(value ?? "")}
      />
    );
  }
  if (setting.secret) {
    return (
      <PasswordInput
        {...common}
        value={draft}
        autoComplete="new-password"
        placeholder={t("configuration.unchanged")}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...common}
      value={draft}
      {...(setting.type !== "TEXT" && { inputMode: "decimal" as const })}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
