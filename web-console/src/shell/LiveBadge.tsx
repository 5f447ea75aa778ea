// Says whether what is shown follows the server, and lets one hold it still.
import { Badge, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { hold, useHeld, useLiveState } from "~/app/live";

const COLOURS = { idle: "gray", connecting: "yellow", live: "green", reconnecting: "orange", paused: "blue" } as const;

export function LiveBadge() {
  const { t } = useTranslation();
  const state = useLiveState();
  const held = useHeld();
  if (state === "idle") return null;
  const act = t(held ? "live.resume" : "live.pause");
  return (
    <UnstyledButton aria-label={`${t(`live.${state}`)} – ${act}`} title={act} onClick={() => hold(!held)}>
      <Badge color={COLOURS[state]} variant="dot" role="status">
        {t(`live.${state}`)}
      </Badge>
    </UnstyledButton>
  );
}
