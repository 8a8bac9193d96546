/** The catalogues of words, and what code says by their keys. */

import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Node } from 'oxc-parser'
import { parse } from 'yaml'
import { lineAt, type Module, nodesOf } from '../../tools/structure/modules.ts'

/** What a catalogue of words has: each key, with the names of the holes of its text in their order. Forms of a number are one key. */
export type CatalogueKeys = ReadonlyMap<string, readonly string[]>

/** A hole of a text. */
const HOLE = /\{\{(\w+)\}\}/g

/** The forms of a text with the hole `count` that i18next chooses by the number. */
const FORM = /_(?:one|other)$/

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

/** Whether a catalogue is the console's, whose keys a test of the console compares with the code. */
export function isOfConsole(folder: string): boolean {
  return folder.startsWith('console/')
}

/** A text that code says: its key, and the names of the values for its holes; null if only the program knows them. */
export interface SaidText {
  readonly where: string
  /** In full; or with `*` at its end, if the rest is known only when it is said. */
  readonly key: string
  readonly holes: readonly string[] | null
  /** Whether another key may stand here, whose holes have values too. */
  readonly isChoice: boolean
  /** The rooms of whose catalogues it may be. */
  readonly rooms: readonly string[]
}

/** What says a text by its key: `say('done')`, `words('done')`, `checkWords(language)('done')`, `detail('DONE')`. */
const SAYS = /^(?:detail|say|words|(?:words|\w+Words|wordsIn)\(\))$/

/**
 * Lists the texts that a module says by keys that stand in it.
 * @param all the rooms that have a catalogue
 */
export function listSaid(module: Module, all: readonly string[]): readonly SaidText[] {
  const own = all.filter((room) => module.path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
  const imported = module.imports.flatMap(({ path }) => (path?.endsWith('words.ts') ? [dirname(path)] : []))
  const rooms = [own ?? '', ...imported].filter((room) => all.includes(room))
  return nodesOf(module).flatMap((node) => {
    if (node.type !== 'CallExpression' || node.arguments[0] === undefined) return []
    const name = nameOfSayer(node.callee)
    if (!SAYS.test(name) || (name !== 'detail' && rooms.length === 0)) return []
    const [first, second] = node.arguments
    const keys = keysIn(first)
    return keys.map((key) => ({
      where: lineAt(module, node.start),
      key,
      holes: holesIn(second),
      isChoice: keys.length > 1,
      rooms: name === 'detail' ? ['contract/error-details'] : [...new Set(rooms)],
    }))
  })
}

/** Returns the name of what is called: `say` of `say('done')`, and `words()` of `words(language)('done')`. */
function nameOfSayer(called: Node): string {
  if (called.type === 'CallExpression') return `${nameOfSayer(called.callee)}()`
  return called.type === 'Identifier' ? called.name : ''
}

function keysIn(given: Node): readonly string[] {
  if (given.type === 'Literal') return [String(given.value)]
  if (given.type === 'ConditionalExpression') return [...keysIn(given.consequent), ...keysIn(given.alternate)]
  const start = given.type === 'TemplateLiteral' ? (given.quasis[0]?.value.raw ?? '') : ''
  return /^[\w.]+\.$/.test(start) ? [`${start}*`] : []
}

function holesIn(given: Node | undefined): readonly string[] | null {
  if (given === undefined) return []
  if (given.type !== 'ObjectExpression') return null
  const names = given.properties.map((each) =>
    each.type === 'Property' && each.key.type === 'Identifier' ? each.key.name : null,
  )
  return names.every((name) => name !== null) ? names.sort() : null
}
