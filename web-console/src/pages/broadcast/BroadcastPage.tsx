// Tells many at once: a message to all or some users, a business notification, and the accounts in whose name that is done.
import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "~/components/Page";
import { Accounts } from "./Accounts";
import { Business } from "./Business";
import { SendToMany } from "./SendToMany";
import { BROADCAST_TABS } from "./tabs";

export function BroadcastPage() {
  const { t } = useTranslation();
  const { tab = "send" } = useSearch({ from: "/inside/broadcast" });
  const navigate = useNavigate({ from: "/broadcast" });
  return (
    <Page title={t("places.broadcast")}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => {
          const tab = BROADCAST_TABS.find((known) => known === next);
          void navigate({ search: tab && tab !== "send" ? { tab } : {} });
        }}
      >
        <Tabs.List mb="sm">
          {BROADCAST_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`broadcast.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="send">
          <SendToMany />
        </Tabs.Panel>
        <Tabs.Panel value="accounts">
          <Accounts />
        </Tabs.Panel>
        <Tabs.Panel value="business">
          <Business />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
