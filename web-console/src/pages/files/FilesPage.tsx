// What is stored: by owner and cause, the newest first, with its size; a file can be opened or deleted, and new ones come from here.
import { Anchor, Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconUpload } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { UserPicker } from "~/components/UserPicker";
import { graphql, type ResultOf } from "~/graphql";
import { formatBytes, formatTime } from "~/lib/format";
import { Upload } from "./Upload";

const SIZE = 50;

const Files = graphql(`
  query Files($first: Int!, $offset: Int!, $ownerId: ID, $cause: String) {
    admin {
      files(first: $first, offset: $offset, ownerId: $ownerId, cause: $cause) {
        totalCount
        totalBytes
        edges { node { name url size contentType cause createdAt ownerId } }
      }
    }
  }
`);

const Delete = graphql(`mutation DeleteFile($name: String!) { deleteFile(input: { name: $name }) { __typename } }`);

type Row = NonNullable<ResultOf<typeof Files>["admin"]>["files"]["edges"][number]["node"];

export function FilesPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/files" });
  const { owner, cause, offset = 0 } = useSearch({ from: "/inside/files" });
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: Files,
    variables: { first: SIZE, offset, ownerId: owner ?? null, cause: cause ?? null },
    requestPolicy: "cache-and-network",
  });
  const [question, setQuestion] = useState<Question | null>(null);
  const [, remove] = useMutation(Delete);
  const [uploading, upload] = useDisclosure();
  const narrow = (next: { owner?: string; cause?: string }) =>
    navigate({
      search: (before) => {
        const { owner, cause } = { ...before, ...next };
        return { ...(owner && { owner }), ...(cause && { cause }) };
      },
      replace: true,
    });
  const look = useDebouncedCallback(narrow, 300);

  const columns: Column<Row>[] = [
    {
      head: t("files.name"),
      cell: (file) => (
        <Anchor
          href={file.url}
          target="_blank"
          rel="noreferrer noopener"
          size="sm"
          style={{ overflowWrap: "anywhere" }}
        >
          {file.name}
        </Anchor>
      ),
    },
    { head: t("files.size"), cell: (file) => formatBytes(file.size, i18n.language) },
    { head: t("files.type"), cell: (file) => file.contentType, wide: true },
    { head: t("files.cause"), cell: (file) => file.cause, wide: true },
    { head: t("files.createdAt"), cell: (file) => formatTime(file.createdAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: (file) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("files.deleteOne", { name: file.name })}
          onClick={() =>
            setQuestion({
              title: t("files.delete"),
              text: t("files.deleteSure", { name: file.name }),
              act: t("files.delete"),
              sure: (reason) => remove({ name: file.name }, because(reason)),
            })
          }
        >
          {t("files.delete")}
        </Button>
      ),
    },
  ];
  const files = data?.admin?.files;
  return (
    <Page
      title={t("places.files")}
      acts={
        <Button leftSection={<IconUpload size={16} aria-hidden />} onClick={upload.open}>
          {t("files.upload")}
        </Button>
      }
    >
      <Group mb="sm" grow preventGrowOverflow={false}>
        <UserPicker placeholder={t("files.owner")} user={owner ?? ""} choose={(owner) => narrow({ owner })} />
        <TextInput
          aria-label={t("files.cause")}
          placeholder={t("files.cause")}
          defaultValue={cause ?? ""}
          onChange={(event) => look({ cause: event.currentTarget.value })}
        />
      </Group>
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!files && fetching && <Loading />}
      {files && files.edges.length === 0 && <Empty text={t("files.none")} />}
      {files && files.edges.length > 0 && (
        <div aria-busy={stale}>
          <Text size="sm" mb="xs">
            {t("files.together", { size: formatBytes(files.totalBytes, i18n.language) })}
          </Text>
          <Rows
            label={t("places.files")}
            columns={columns}
            rows={files.edges.map((edge) => edge.node)}
            id={(file) => file.name}
          />
          <Pages
            total={files.totalCount}
            size={SIZE}
            offset={offset}
            go={(next) => navigate({ search: (before) => ({ ...before, offset: next }) })}
          />
        </div>
      )}
      <Upload opened={uploading} close={upload.close} stored={() => again({ requestPolicy: "network-only" })} />
      <Confirm
        question={question}
        close={() => setQuestion(null)}
        done={() => {
          notifications.show({ message: t("files.deleted") });
          again({ requestPolicy: "network-only" });
        }}
      />
    </Page>
  );
}
