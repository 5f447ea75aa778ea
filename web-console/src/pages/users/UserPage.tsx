// One account: profile, devices and tokens, groups, what its clients are configured with, and where else it is found.
import { SimpleGrid, Stack } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { LinkButton } from "~/components/links";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { ClientConfig } from "~/pages/client-config/ClientConfig";
import { Devices } from "./Devices";
import { OneUser } from "./documents";
import { Joined } from "./Joined";
import { Profile } from "./Profile";
import { Tokens } from "./Tokens";

export function UserPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/users/$id" });
  const [{ data, error, fetching }, again] = useQuery({
    query: OneUser,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => again({ requestPolicy: "network-only" });
  const user = data?.user;
  if (!user) {
    return (
      <Page title={id}>
        {error && <Failed error={error} retry={refresh} />}
        {!data && fetching && <Loading />}
        {data && !error && <Empty text={t("users.unknown", { id })} />}
      </Page>
    );
  }
  return (
    <Page
      title={user.nickname || user.id}
      acts={
        <>
          <LinkButton to="/relations" search={{ user: id }} variant="default">
            {t("places.relations")}
          </LinkButton>
          <LinkButton to="/conversations" search={{ user: id }} variant="default">
            {t("places.conversations")}
          </LinkButton>
          <LinkButton to="/files" search={{ owner: id }} variant="default">
            {t("places.files")}
          </LinkButton>
        </>
      }
    >
      {error && <Failed error={error} retry={refresh} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack>
          <Profile key={id} user={user} saved={refresh} />
          <Joined user={user} />
        </Stack>
        <Stack>
          <Devices user={user} changed={refresh} />
          <Tokens key={id} userId={id} />
          <ClientConfig key={id} userId={id} entries={data.admin?.clientConfig.edges ?? []} changed={refresh} />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}
