// Says whether what is shown follows the server, and lets one hold it still.
import { Badge, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { pause, useLiveState } from "~/app/live";

const COLOURS = { idle: "gray", connecting: "yellow", live: "green", reconnecting: "orange", paused: "blue" } as const;

export function LiveBadge() {
  const { t } = useTranslation();
  const state = useLiveState();
  if (state === "idle") return null;
  return (
    <UnstyledButton
      aria-label={`${t(`live.${state}`)} – ${t(state === "paused" ? "live.resume" : "live.pause")}`}
      title={t(state === "paused" ? "live.resume" : "live.pause")}
      onClick={() => pause(state !== "paused")}
    >
      <Badge color={COLOURS[state]} variant="dot" role="status">
        {t(`live.${state}`)}
      </Badge>
    </UnstyledButton>
  );
}
