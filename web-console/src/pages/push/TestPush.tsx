// Pushes a text to the devices of a user, to see whether it arrives.
import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { SendTest } from "./documents";

export function TestPush({ opened, close, sent }: { opened: boolean; close: () => void; sent: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ userId: "", title: "", body: "" });
  const [{ fetching, error }, send] = useMutation(SendTest);
  const field = (name: keyof typeof values) => ({
    label: t(`push.fields.${name}`),
    value: values[name],
    required: true,
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await send(values);
    if (!result.data) return;
    notifications.show({ message: t("push.tested", { count: result.data.sendTestPush.deliveries.length }) });
    close();
    sent();
  }

  return (
    <Modal opened={opened} onClose={close} title={t("push.test")} closeButtonProps={{ "aria-label": t("acts.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput {...field("userId")} data-autofocus />
          <TextInput {...field("title")} maxLength={200} />
          <Textarea {...field("body")} maxLength={1000} rows={3} />
          {error && <Failed error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("acts.cancel")}
            </Button>
            <Button type="submit" loading={fetching}>
              {t("push.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
