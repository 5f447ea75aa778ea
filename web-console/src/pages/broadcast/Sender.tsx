// In whose name something is told: one of the notification accounts, or any account by its id.
import { Autocomplete } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "~/graphql";

const Senders = graphql(`
  query Senders {
    admin { notificationAccounts(first: 100) { edges { node { id nickname } } } }
  }
`);

export function Sender({ value, change }: { value: string; change: (id: string) => void }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: Senders, requestPolicy: "cache-and-network" });
  const accounts = data?.admin?.notificationAccounts.edges.map((edge) => edge.node) ?? [];
  const names = new Map(accounts.map((account) => [account.id, account.nickname]));
  return (
    <Autocomplete
      label={t("broadcast.sender")}
      description={t("broadcast.senderHelp")}
      required
      maxLength={64}
      value={value}
      onChange={change}
      data={accounts.map((account) => account.id)}
      renderOption={({ option }) => `${names.get(option.value) ?? ""} (${option.value})`}
    />
  );
}
