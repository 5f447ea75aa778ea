// A moment as people read it; whoever points at it sees it as machines write it.
import { useTranslation } from "react-i18next";
import { type Exactness, formatTime } from "~/lib/format";

export function Moment({ at, to = "second" }: { at: string; to?: Exactness }) {
  const { i18n } = useTranslation();
  return (
    <time dateTime={at} title={at}>
      {formatTime(at, i18n.language, to)}
    </time>
  );
}
