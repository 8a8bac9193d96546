import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PROJECT_DIR } from '../../demo/config.ts'
import { listCatalogues, readCatalogue } from '../../tools/generate/word-types.ts'

/** The catalogues of words: each room's, in each language (docs/decisions/0140-words-stand-in-one-catalogue.md). */

describe.each(listCatalogues(PROJECT_DIR))('the words of %s', (room) => {
  const folder = join(PROJECT_DIR, room)
  const keys = readCatalogue(join(folder, 'words.en.yaml'))

  it('are the same keys with the same holes in both languages', () => {
    expect(readCatalogue(join(folder, 'words.es.yaml'))).toEqual(keys)
  })

  it('have no text that nothing says', () => {
    const code = readCode(folder)
    const unsaid = [...keys.keys()].filter((key) => !waysToSay(key).some((way) => code.includes(way)))
    expect(unsaid).toEqual([])
  })

  it('have a form for one and a form for others of each text with a count', () => {
    for (const language of ['en', 'es']) {
      const texts = JSON.stringify(parse(readFileSync(join(folder, `words.${language}.yaml`), 'utf8')))
      expect(texts.match(/_one":/g)?.length).toBe(texts.match(/_other":/g)?.length)
    }
  })
})

/** The code of a folder and of the folders below that have no catalogue of their own. */
function readCode(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|\.d\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

/** How code names a key: in full, or by its section and a name that is known only when it runs. */
function waysToSay(key: string): readonly string[] {
  const parts = key.split('.')
  const starts = parts.slice(0, -1).map((_, at) => `\`${parts.slice(0, at + 1).join('.')}.\${`)
  return [`'${key}'`, ...starts]
}
