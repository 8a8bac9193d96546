import type { Language } from '../../contract/language.ts'
import { KEY_KIND_WORDS, KEY_KINDS } from './key-kinds.ts'

const HEADS: Readonly<Record<Language, string>> = {
  en: '| kind | who has it | type | meanwhile |',
  es: '| clase | quién la tiene | escriba | mientras tanto |',
}

/** Writes the table of all kinds of keys, as docs/running-a-node.md has it, and in Spanish as docs/es/running-a-node.md does. */
export function writeKeyTable(language: Language): string {
  const rows = KEY_KINDS.map((kind) => {
    const { who, how, meanwhile } = KEY_KIND_WORDS[language][kind]
    const typed = how.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())
    return `| \`${kind}\` | ${who} | ${typed} | ${meanwhile} |`
  })
  return [HEADS[language], '|---|---|---|---|', ...rows].join('\n')
}
