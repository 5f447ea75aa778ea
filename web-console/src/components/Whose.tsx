// Asks whose things are shown.
import { Box } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { UserPicker } from "./UserPicker";

export function Whose({ user, choose }: { user: string; choose: (user: string) => void }) {
  const { t } = useTranslation();
  return (
    <Box mb="sm" maw={520}>
      <UserPicker user={user} choose={choose} placeholder={t("whose.user")} act={t("whose.show")} />
    </Box>
  );
}
