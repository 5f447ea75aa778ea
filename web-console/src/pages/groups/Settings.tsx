// What a group says of itself, and who has to wait for an answer.
import { Button, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Failed } from "~/components/States";
import { type OpenGroup, Update } from "./documents";

const VERIFICATIONS = ["APPLICANTS", "EVERYBODY", "NOBODY"] as const;

export function Settings({ group, done }: { group: OpenGroup; done: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState({
    name: group.name,
    faceUrl: group.faceUrl,
    introduction: group.introduction,
    notification: group.notification,
  });
  const [verification, setVerification] = useState(group.verification);
  const [{ error, fetching }, update] = useMutation(Update);
  const field = (name: keyof typeof values) => ({
    label: t(`groups.fields.${name}`),
    value: values[name],
    disabled: group.status === "DISMISSED",
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    // An announcement that stays the same is not announced again.
    const notification = values.notification === group.notification ? null : values.notification;
    const result = await update({ id: group.id, ...values, notification, verification });
    if (result.data) done();
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={640}>
        <TextInput {...field("name")} required maxLength={255} />
        <TextInput {...field("faceUrl")} type="url" />
        <Textarea {...field("introduction")} rows={3} />
        <Textarea {...field("notification")} rows={3} />
        <Select
          label={t("groups.fields.verification")}
          allowDeselect={false}
          value={verification}
          data={VERIFICATIONS.map((value) => ({ value, label: t(`groups.verifications.${value}`) }))}
          onChange={(value) => setVerification(VERIFICATIONS.find((known) => known === value) ?? verification)}
        />
        {error && <Failed error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={fetching} disabled={group.status === "DISMISSED"}>
            {t("acts.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
