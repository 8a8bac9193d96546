import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** What a catalogue of words has: each key, with the names of the holes of its text in their order. Forms of a number are one key. */
export type CatalogueKeys = ReadonlyMap<string, readonly string[]>

/** A hole of a text. */
const HOLE = /\{\{(\w+)\}\}/g

/** The forms of a text with the hole `count` that i18next chooses by the number. */
const FORM = /_(?:one|other)$/

/** Sections whose keys are ids and codes, which are known only when they are said: no type would be used. */
const BY_ID = /^(?:checks|findings|remedies|nothingToCompare)\./

/** Lists the folders of a project that have a catalogue of words, with `/`, sorted. */
export function listCatalogues(root: string): readonly string[] {
  return globSync('*/**/words.en.yaml', { cwd: root, exclude: ['**/node_modules/**'] })
    .map((path) => path.replaceAll('\\', '/').replace(/\/words\.en\.yaml$/, ''))
    .sort()
}

/** Reads the keys and holes of a catalogue. @throws {Error} if an entry is neither a text nor a section. */
export function readCatalogue(file: string): CatalogueKeys {
  const keys = new Map<string, readonly string[]>()
  const read = (section: unknown, path: string): void => {
    if (typeof section === 'string') {
      const key = path.replace(FORM, '')
      const holes = [...section.matchAll(HOLE)].map(([, name = '']) => name)
      keys.set(key, [...new Set([...(keys.get(key) ?? []), ...holes, ...(key === path ? [] : ['count'])])].sort())
    } else if (typeof section === 'object' && section !== null) {
      for (const [name, each] of Object.entries(section)) read(each, path === '' ? name : `${path}.${name}`)
    } else throw new Error(`${file}: expected a text at ${path}; came another value. Put it in quotes`)
  }
  read(parse(readFileSync(file, 'utf8')), '')
  return keys
}

/** Makes the types of each catalogue, by the path of their file: an interface with each key, whose type is the union of its holes. */
export function makeWordTypes(root: string): Readonly<Record<string, string>> {
  const files = listCatalogues(root)
    .filter((folder) => !isOfConsole(folder))
    .map((folder) => {
      const keys = [...readCatalogue(join(root, folder, 'words.en.yaml'))].filter(([key]) => !BY_ID.test(key))
      const members = keys.map(
        ([key, holes]) =>
          `  ${key.includes('.') ? `'${key}'` : key}: ${holes.map((name) => `'${name}'`).join(' | ') || 'never'}`,
      )
      const head =
        '// Written by `npm run generate` from words.en.yaml.\n/** The keys of the words, each with its holes. */'
      return [`${folder}/words.generated.d.ts`, `${head}\nexport interface Keys {\n${members.join('\n')}\n}\n`] as const
    })
  return Object.fromEntries(files)
}

/** Whether a catalogue is the console's, which i18next reads, and whose keys a test of the console compares with the code. */
export function isOfConsole(folder: string): boolean {
  return folder.startsWith('console/')
}
