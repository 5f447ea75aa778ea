// What a message says, whatever it is made of. Everything that people wrote is text, and addresses are followed only if
// they are of the web.
import { Anchor, Blockquote, Box, Code, Group, Image, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconFile, IconMapPin, IconUser } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { TextLink } from "~/components/links";
import { formatBytes, formatTime } from "~/lib/format";
import { safeUrl } from "~/lib/links";
import type { Content, Shown } from "./documents";
import { merged, type Quoted, quoted } from "./quoted";

/** How much of a text is shown until somebody wants all of it, in characters. */
const MUCH = 2000;

export function MessageContent({
  message,
}: {
  message: Pick<Shown, "content" | "contentType" | "revoked" | "status">;
}) {
  const { t, i18n } = useTranslation();
  if (message.status === "DELETED") return <Aside>{t("message.deleted")}</Aside>;
  if (message.revoked) {
    const { by, nickname, role, at } = message.revoked;
    return (
      <Aside>
        {t("message.revokedBy", {
          who: nickname || by.nickname || by.id,
          role: t(`message.roles.${role}`),
          time: formatTime(at, i18n.language),
        })}
      </Aside>
    );
  }
  if (!message.content) return <Aside>{t("message.nothing")}</Aside>;
  return (
    <div style={{ overflowWrap: "anywhere" }}>
      <Said content={message.content} contentType={message.contentType} />
    </div>
  );
}

function Said({ content, contentType }: { content: Content; contentType: number }) {
  const { t, i18n } = useTranslation();
  switch (content.__typename) {
    case "TextContent":
    case "AdvancedTextContent":
    case "MarkdownContent":
      return <Words>{content.text}</Words>;
    case "AtContent":
      return (
        <>
          <Quote message={quoted(content.quoted)} />
          <Words>{content.atText}</Words>
        </>
      );
    case "QuoteContent":
      return (
        <>
          <Quote message={quoted(content.quoted)} />
          <Words>{content.quoteText}</Words>
        </>
      );
    case "PictureContent": {
      const small = safeUrl(content.snapshot?.url || content.source?.url || content.big?.url);
      const large = safeUrl(content.source?.url || content.big?.url) ?? small;
      if (!small || !large) return <Aside>{t("message.picture")}</Aside>;
      return (
        <Anchor href={large} target="_blank" rel="noreferrer noopener" display="inline-block">
          <Image src={small} alt={t("message.picture")} maw={240} mah={240} fit="contain" radius="sm" loading="lazy" />
        </Anchor>
      );
    }
    case "VoiceContent":
      return (
        <Media url={content.url} text={t("message.voice", { seconds: content.duration ?? 0 })}>
          {(url) => (
            // biome-ignore lint/a11y/useMediaCaption: nobody wrote captions of what people say
            <audio
              controls
              preload="none"
              src={url}
              aria-label={t("message.voice", { seconds: content.duration ?? 0 })}
            />
          )}
        </Media>
      );
    case "VideoContent": {
      const poster = safeUrl(content.snapshotUrl);
      return (
        <Media url={content.url} text={t("message.video", { seconds: content.duration ?? 0 })}>
          {(url) => (
            <video
              controls
              preload="none"
              src={url}
              {...(poster && { poster })}
              aria-label={t("message.video", { seconds: content.duration ?? 0 })}
              style={{ maxWidth: "min(100%, 320px)", maxHeight: 240 }}
            />
          )}
        </Media>
      );
    }
    case "FileContent": {
      const url = safeUrl(content.fileUrl);
      const name = content.name || t("message.file");
      return (
        <Group gap="xs" wrap="nowrap" display="inline-flex">
          <IconFile size={16} aria-hidden />
          {url ? (
            <Anchor href={url} target="_blank" rel="noreferrer noopener">
              {name}
            </Anchor>
          ) : (
            <Text>{name}</Text>
          )}
          <Text size="sm" c="dimmed">
            {formatBytes(content.size ?? 0, i18n.language)}
          </Text>
        </Group>
      );
    }
    case "CardContent":
      return (
        <Group gap="xs" wrap="nowrap" display="inline-flex">
          <IconUser size={16} aria-hidden />
          <TextLink to="/users/$id" params={{ id: content.userId }}>
            {content.nickname || content.userId}
          </TextLink>
        </Group>
      );
    case "LocationContent":
      return (
        <Group gap="xs" wrap="nowrap" display="inline-flex">
          <IconMapPin size={16} aria-hidden />
          <Text>
            {content.description ?? ""} ({content.latitude.toFixed(5)}, {content.longitude.toFixed(5)})
          </Text>
        </Group>
      );
    case "MergerContent":
      return <Merged title={content.title ?? ""} lines={content.abstracts ?? []} messages={merged(content.messages)} />;
    case "FaceContent":
      return <Aside>{t("message.face", { index: content.index })}</Aside>;
    case "CustomContent":
      return (
        <Stack gap={4}>
          <Words>{content.description || t("message.custom")}</Words>
          {content.data && <Json value={content.data} />}
        </Stack>
      );
    case "SystemNoticeContent": {
      const url = safeUrl(content.noticeUrl);
      return (
        <Stack gap={4}>
          <Text fw={600}>{content.noticeName}</Text>
          <Words>{content.noticeText}</Words>
          {url && (
            <Anchor href={url} target="_blank" rel="noreferrer noopener">
              {url}
            </Anchor>
          )}
        </Stack>
      );
    }
    case "TypingContent":
      return <Aside>{t("message.typing")}</Aside>;
    case "RawContent":
      return (
        <Stack gap={4}>
          <Aside>{t(contentType >= 1000 ? "message.notification" : "message.other", { type: contentType })}</Aside>
          <Json value={content.json} />
        </Stack>
      );
  }
}

function Words({ children }: { children: string | null }) {
  return (
    <Text component="div" style={{ whiteSpace: "pre-wrap" }}>
      <Long text={children ?? ""} />
    </Text>
  );
}

function Long({ text }: { text: string }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  if (text.length <= MUCH) return text;
  return (
    <>
      {whole ? text : `${text.slice(0, MUCH)}…`}{" "}
      <UnstyledButton fz="sm" td="underline" onClick={() => setWhole(!whole)}>
        {t(whole ? "message.less" : "message.more")}
      </UnstyledButton>
    </>
  );
}

function Aside({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" fs="italic">
      {children}
    </Text>
  );
}

function Json({ value }: { value: unknown }) {
  return (
    <Code block tabIndex={0} style={{ whiteSpace: "pre-wrap", textAlign: "start" }}>
      <Long text={typeof value === "string" ? value : JSON.stringify(value, null, 2)} />
    </Code>
  );
}

function Media({ url, text, children }: { url: string | null; text: string; children: (url: string) => ReactNode }) {
  const safe = safeUrl(url);
  return safe ? children(safe) : <Aside>{text}</Aside>;
}

function Quote({ message }: { message: Quoted | null }) {
  if (!message) return null;
  return (
    <Blockquote p="xs" mb={4} color="gray">
      <Inner message={message} />
    </Blockquote>
  );
}

function Inner({ message }: { message: Quoted }) {
  const { t } = useTranslation();
  const picture = safeUrl(message.picture);
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {message.sender}
      </Text>
      {picture && <Image src={picture} alt={t("message.picture")} maw={120} mah={120} fit="contain" loading="lazy" />}
      {(message.text || !picture) && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
          {message.text || t("message.other", { type: message.contentType })}
        </Text>
      )}
    </Box>
  );
}

function Merged({ title, lines, messages }: { title: string; lines: readonly string[]; messages: readonly Quoted[] }) {
  return (
    <Blockquote p="xs" color="gray">
      <details>
        <summary>
          <Text component="span" fw={600}>
            {title}
          </Text>
          {lines.map((line, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have no other name
            <Text key={place} size="sm" lineClamp={1}>
              {line}
            </Text>
          ))}
        </summary>
        <Stack gap="xs" mt="xs">
          {messages.map((message, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what clients copied need not have an id
            <Inner key={place} message={message} />
          ))}
        </Stack>
      </details>
    </Blockquote>
  );
}
