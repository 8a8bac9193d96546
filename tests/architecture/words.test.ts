import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PROJECT_DIR } from '../../demo/config.ts'
import { parseModule } from '../../tools/structure/modules.ts'
import { isOfConsole, listCatalogues, listSaid, readCatalogue, type SaidText } from './catalogues.ts'

/** The catalogues of words: each room's, in each language (docs/decisions/0140-words-stand-in-one-catalogue.md). */

/** Where the texts of a room are said, if other rooms say them too. */
const SAID_IN: Readonly<Record<string, readonly string[]>> = {
  console: ['console/src'],
  'subgraphs/kit': ['subgraphs'],
  contract: ['contract', 'gateway', 'service', 'authority', 'subgraphs'],
}

/** Under which key the words of a room of the console stand, if under one (console/src/words/catalogue.ts). */
const PREFIXES: Readonly<Record<string, string>> = {
  'console/src/audit': 'auditor.',
  'console/src/national': 'team.',
  'console/src/tour': 'tour.',
}

/** Keys that are made of parts: by the message of graphql-js, and by the part of a signed question. Their own tests say each. */
const MADE = /^(?:GRAPHQL|STATEMENT_(?:HEADER|CLAIMS))_/

describe.each(listCatalogues(PROJECT_DIR))('the words of %s', (room) => {
  const folder = join(PROJECT_DIR, room)
  const keys = readCatalogue(join(folder, 'words.en.yaml'))

  it('are the same keys with the same holes in both languages', () => {
    expect(readCatalogue(join(folder, 'words.es.yaml'))).toEqual(keys)
  })

  it('have no text that nothing says', () => {
    const before = isOfConsole(room) ? (PREFIXES[room] ?? '') : ''
    const code = (SAID_IN[room] ?? SAID_IN[room.split('/')[0] ?? ''] ?? [room])
      .map((place) => readCode(join(PROJECT_DIR, place)))
      .join('\n')
    const unsaid = [...keys.keys()]
      .filter((key) => !MADE.test(key))
      .filter((key) => !waysToSay(`${before}${key}`).some((way) => code.includes(way)))
    expect(unsaid).toEqual([])
  })

  it('have a form for one and a form for others of each text with a count', () => {
    for (const language of ['en', 'es']) {
      const texts = JSON.stringify(parse(readFileSync(join(folder, `words.${language}.yaml`), 'utf8')))
      expect(texts.match(/_one":/g)?.length).toBe(texts.match(/_other":/g)?.length)
    }
  })
})

describe('the code', () => {
  const rooms = listCatalogues(PROJECT_DIR).filter((room) => !isOfConsole(room))
  const keysOf = new Map(rooms.map((room) => [room, readCatalogue(join(PROJECT_DIR, room, 'words.en.yaml'))]))
  const tops = [...new Set([...rooms.map((room) => room.split('/')[0] ?? ''), 'gateway', 'authority', 'composition'])]
  const said = tops
    .flatMap((top) => globSync(`${top}/**/*.ts`, { cwd: PROJECT_DIR, exclude: ['**/node_modules/**'] }))
    .map((path) => parseModule(path, readFileSync(join(PROJECT_DIR, path), 'utf8')))
    .filter(({ isTest }) => !isTest)
    .flatMap((module) => listSaid(module, rooms))

  const holesOf = ({ key, rooms: places }: SaidText): readonly (readonly string[])[] =>
    places.flatMap((room) => {
      const all = [...(keysOf.get(room) ?? [])]
      return all
        .filter(([each]) => (key.endsWith('*') ? each.startsWith(key.slice(0, -1)) : each === key))
        .map(([, holes]) => holes)
    })

  it('names keys that are there', () => {
    expect(said.length).toBeGreaterThan(500)
    expect(said.filter((text) => holesOf(text).length === 0)).toEqual([])
  })

  it('gives a value for each hole, and for nothing else', () => {
    const wrong = said.filter((text) => {
      const { key, holes: given, isChoice } = text
      if (given === null || key.endsWith('*')) return false
      const isFilled = (holes: readonly string[]): boolean =>
        holes.every((hole) => given.includes(hole)) && (isChoice || holes.length === given.length)
      return !holesOf(text).some(isFilled)
    })
    expect(wrong).toEqual([])
  })
})

/** The code of a folder and of the folders below that have no catalogue of their own. */
function readCode(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|html)$/.test(name) && !/\.test\.tsx?$|\.d\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

/** How code names a key: in full, or by its section and a name that is known only when it runs. */
function waysToSay(key: string): readonly string[] {
  const sections = key.split('.').map((_, at, parts) => parts.slice(0, at).join('.'))
  const starts = sections.slice(1).map((section) => `\`${section}.\${`)
  // The console names a section to `wordCodeOf`, which finds the text in it.
  const sectionsSaid = sections.slice(1).map((section) => `wordCodeOf(words, '${section}', `)
  return [`'${key}'`, `{{${key}}}`, ...starts, ...sectionsSaid]
}
