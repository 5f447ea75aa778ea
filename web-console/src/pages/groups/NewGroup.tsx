// Makes a group, with its owner and its first members.
import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";
import { readIds } from "~/lib/ids";

const Create = graphql(`
  mutation CreateGroup($id: ID, $name: String!, $ownerId: ID!, $memberIds: [ID!]!) {
    createGroup(input: { id: $id, name: $name, ownerId: $ownerId, memberIds: $memberIds }) { group { id } }
  }
`);

const NOTHING = { id: "", name: "", ownerId: "", members: "" };

export function NewGroup({ opened, close, made }: { opened: boolean; close: () => void; made: (id: string) => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(NOTHING);
  const [{ fetching, error }, create] = useMutation(Create);
  const field = (name: keyof typeof NOTHING) => ({
    label: t(`groups.make.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const { id, name, ownerId, members } = values;
    const memberIds = readIds(members).filter((member) => member !== ownerId);
    const result = await create({ id: id || null, name, ownerId, memberIds });
    if (!result.data) return;
    setValues(NOTHING);
    close();
    made(result.data.createGroup.group.id);
  }

  return (
    <Modal opened={opened} onClose={close} title={t("groups.new")} closeButtonProps={{ "aria-label": t("acts.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput {...field("name")} required maxLength={255} data-autofocus />
          <TextInput {...field("ownerId")} required maxLength={64} />
          <Textarea {...field("members")} rows={4} />
          <TextInput {...field("id")} maxLength={64} />
          {error && <Failed error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("acts.cancel")}
            </Button>
            <Button type="submit" loading={fetching}>
              {t("groups.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
