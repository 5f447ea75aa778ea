// The hooks that are switched on, and by which rules they are called.
import { Badge, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { TextLink } from "~/components/links";
import { type Column, Rows } from "~/components/Rows";
import { Empty } from "~/components/States";
import type { Hook } from "./documents";

export function Hooks({ hooks }: { hooks: readonly Hook[] }) {
  const { t } = useTranslation();
  const columns: Column<Hook>[] = [
    {
      head: t("webhooks.hook"),
      cell: (hook) => (
        <TextLink to="/webhooks" search={{ search: hook.name }} size="sm">
          {hook.name}
        </TextLink>
      ),
    },
    {
      head: t("webhooks.kind"),
      cell: (hook) => (
        <Badge variant="dot" color={hook.kind === "BEFORE" ? "orange" : "blue"}>
          {t(`webhooks.kinds.${hook.kind}`)}
        </Badge>
      ),
    },
    { head: t("webhooks.host"), cell: (hook) => <Text size="sm">{hook.host}</Text>, wide: true },
    {
      head: t("webhooks.timeout"),
      cell: (hook) => t("webhooks.seconds", { seconds: hook.timeoutMilliseconds / 1000 }),
      wide: true,
    },
    {
      head: t("webhooks.rules"),
      cell: (hook) => (
        <Text size="sm">
          {[
            hook.continueOnFailure && t("webhooks.goesOn"),
            hook.deniedTypes.length > 0 && t("webhooks.denied", { types: hook.deniedTypes.join(", ") }),
            hook.attentionIds.length > 0 && t("webhooks.attention", { ids: hook.attentionIds.join(", ") }),
          ]
            .filter(Boolean)
            .join(" · ") || "–"}
        </Text>
      ),
      wide: true,
    },
  ];
  if (hooks.length === 0) return <Empty text={t("webhooks.noHooks")} />;
  return <Rows label={t("webhooks.hooks")} columns={columns} rows={hooks} id={(hook) => hook.command} />;
}
