// What became of a call.
import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

export const OUTCOMES = ["PENDING", "DELIVERED", "FAILED"] as const;
const COLOURS = { PENDING: "yellow", DELIVERED: "green", FAILED: "red" } as const;

export function Became({ outcome }: { outcome: (typeof OUTCOMES)[number] }) {
  const { t } = useTranslation();
  return (
    <Badge variant="dot" color={COLOURS[outcome]}>
      {t(`webhooks.outcomes.${outcome}`)}
    </Badge>
  );
}
