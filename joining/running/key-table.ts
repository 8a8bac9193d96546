import { KEY_KIND_WORDS, KEY_KINDS } from './key-kinds.ts'

/** Writes the table of all kinds of keys, as docs/running-a-node.md has it. */
export function writeKeyTable(): string {
  const rows = KEY_KINDS.map((kind) => {
    const { who, how, meanwhile } = KEY_KIND_WORDS.en[kind]
    const typed = how.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())
    return `| \`${kind}\` | ${who} | ${typed} | ${meanwhile} |`
  })
  return ['| kind | who has it | type | meanwhile |', '|---|---|---|---|', ...rows].join('\n')
}
