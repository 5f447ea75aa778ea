// Says how many webhooks were given up in the last hour, and leads to them; nothing when there are none.
import { useTranslation } from "react-i18next";
import { TextLink } from "./links";
import { COUNTED } from "./useGivenUp";

export function GivenUp({ count }: { count: number | null }) {
  const { t } = useTranslation();
  if (count === null || count === 0) return null;
  return (
    <TextLink to="/webhooks" search={{ outcome: "FAILED" }} size="sm" c="var(--mantine-color-error)" underline="always">
      {t("health.givenUp", { count, shown: count < COUNTED ? count : `${COUNTED}+` })}
    </TextLink>
  );
}
