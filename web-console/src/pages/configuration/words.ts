// What the server always says of settings in the same words: what a value may be, where it comes from, why it is locked. It is
// known here, so that it can be told in the reader's language; anything else is told as the server does.
import type en from "~/locales/en.json";

export type Word = keyof (typeof en)["configuration"]["words"];

/** In a group named `of` there are such words again. */
const KNOWN: readonly [Word, RegExp][] = [
  ["integer", /^a whole number from (?<min>\S+) to (?<max>\S+)$/],
  ["number", /^a number from (?<min>\S+) to (?<max>\S+)$/],
  ["switch", /^true or false$/],
  ["oneOf", /^one of (?<words>.+)$/],
  ["path", /^a path$/],
  ["addresses", /^a list of address:port, such as (?<example>.+)$/],
  ["userIds", /^a list of user ids \(letters, digits and _, (?<bytes>\d+) bytes at most\), each once$/],
  ["texts", /^a list of texts$/],
  ["origins", /^a list of origins such as (?<example>.+), or \*$/],
  ["networks", /^a list of networks such as (?<example>.+)$/],
  ["listOf", /^a list of (?<words>.+)$/],
  ["word", /^a text without spaces$/],
  ["line", /^a text of one line$/],
  ["name", /^a name of (?<min>\d+) to (?<max>\d+) small letters, digits and -$/],
  ["url", /^a URL that starts with (?<words>.+)$/],
  ["secret", /^a text of at least (?<length>\d+) characters$/],
  ["filter", /^a filter such as (?<example>.+)$/],
  ["defaults", /^the defaults$/],
  ["stored", /^the stored settings$/],
  ["content", /^the content of (?<path>.+) \(named by (?<of>.+)\)$/],
  ["outranked", /^(?<of>.+) sets it, and wins over stored settings$/],
  ["variable", /^environment variable (?<name>\S+)$/],
  ["flag", /^flag (?<name>\S+)$/],
  ["fileLine", /^(?<path>.+) line (?<line>\d+)$/],
  ["lockedSecret", /^secrets are kept where the process is started, not beside the data$/],
  ["lockedEarly", /^it is needed before the stored settings can be read$/],
  ["lockedPlace", /^it says where data or other processes are, and is set where the process is started$/],
  ["lockedOut", /^a mistake in it would lock its operators out or let others in$/],
  ["lockedSupervised", /^it depends on who supervises the process, and is set where that is started$/],
  ["lockedWatched", /^administrators do not decide what is noted of them$/],
];

/** Says something of the server's in the reader's language, by what says a word with its values. */
export function inWords(text: string, say: (word: Word, values: Record<string, string>) => string): string {
  for (const [word, pattern] of KNOWN) {
    const values = pattern.exec(text);
    if (!values) continue;
    const { of, ...rest } = values.groups ?? {};
    return say(word, of === undefined ? rest : { ...rest, of: inWords(of, say) });
  }
  return text;
}
