// Registers an account.
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { graphql } from "~/graphql";

const Register = graphql(`
  mutation RegisterUser($id: ID!, $nickname: String!, $faceUrl: String!) {
    registerUsers(input: { users: [{ id: $id, nickname: $nickname, faceUrl: $faceUrl }] }) { users { id } }
  }
`);

const NOTHING = { id: "", nickname: "", faceUrl: "" };

export function NewUser({ opened, close, made }: { opened: boolean; close: () => void; made: (id: string) => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(NOTHING);
  const [{ fetching, error }, register] = useMutation(Register);
  const field = (name: keyof typeof NOTHING) => ({
    label: t(`users.fields.${name}`),
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await register(values);
    if (result.data) {
      setValues(NOTHING);
      close();
      made(values.id);
    }
  }

  return (
    <Modal opened={opened} onClose={close} title={t("users.new")} closeButtonProps={{ "aria-label": t("acts.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput {...field("id")} required maxLength={64} data-autofocus />
          <TextInput {...field("nickname")} required maxLength={255} />
          <TextInput {...field("faceUrl")} type="url" />
          {error && <Failed error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("acts.cancel")}
            </Button>
            <Button type="submit" loading={fetching}>
              {t("users.register")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
