// Asks once more before something that cannot be taken back.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Confirm(props: {
  opened: boolean;
  close: () => void;
  title: string;
  text: string;
  act: string;
  busy: boolean;
  sure: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={props.title}
      closeButtonProps={{ "aria-label": t("acts.close") }}
    >
      <Stack>
        <Text>{props.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.close} data-autofocus>
            {t("acts.cancel")}
          </Button>
          <Button color="red" loading={props.busy} onClick={props.sure}>
            {props.act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
