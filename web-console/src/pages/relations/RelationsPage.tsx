// Whom a user knows: friends, requests in both directions, and whom the user has blocked.
import { Tabs } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm, type Question } from "~/components/Confirm";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { Empty } from "~/components/States";
import { Whose } from "~/components/Whose";
import { Blacks } from "./Blacks";
import { Friends } from "./Friends";
import { Requests } from "./Requests";
import { RELATION_TABS } from "./tabs";

export function RelationsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/relations" });
  const { user = "", tab = "friends" } = useSearch({ from: "/inside/relations" });
  const [question, setQuestion] = useState<{ of: Question; then: () => void } | null>(null);

  function told(then: () => void) {
    notifications.show({ message: t("acts.saved") });
    then();
  }

  const ask = (of: Question, then: () => void) => setQuestion({ of, then });
  return (
    <Page
      title={t("places.relations")}
      acts={
        user !== "" && (
          <LinkButton to="/users/$id" params={{ id: user }} variant="default">
            {t("groups.profile")}
          </LinkButton>
        )
      }
    >
      <Whose user={user} choose={(next) => navigate({ search: next ? { user: next } : {} })} />
      {user === "" ? (
        <Empty text={t("relations.begin")} />
      ) : (
        <Tabs
          value={tab}
          keepMounted={false}
          onChange={(next) => {
            const tab = RELATION_TABS.find((known) => known === next);
            void navigate({ search: { user, ...(tab && tab !== "friends" && { tab }) } });
          }}
        >
          <Tabs.List mb="sm">
            {RELATION_TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`relations.tabs.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="friends">
            <Friends user={user} ask={ask} told={told} />
          </Tabs.Panel>
          <Tabs.Panel value="received">
            <Requests user={user} direction="RECEIVED" told={told} />
          </Tabs.Panel>
          <Tabs.Panel value="sent">
            <Requests user={user} direction="SENT" told={told} />
          </Tabs.Panel>
          <Tabs.Panel value="blacks">
            <Blacks user={user} ask={ask} />
          </Tabs.Panel>
        </Tabs>
      )}
      <Confirm
        question={question?.of ?? null}
        close={() => setQuestion(null)}
        done={() => question && told(question.then)}
      />
    </Page>
  );
}
