import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROJECT_DIR } from '../config.ts'
import { IMPORT_FILES } from './importers.ts'
import { HAS_PUBLISHED_FILES, publishedFile } from './testing.ts'

/** The publishers' files belong to the publishers: the project contains neither them nor a copy in another form. */

const LEFT_OUT = new Set(['node_modules', '.git', '.istmo', 'coverage'])

/** Lines shorter than this may be the same by chance. */
const LEAST_LENGTH = 45

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return entry.isFile() ? [path] : []
    })
}

function publishedLines(file: string): ReadonlySet<string> {
  const lines = readFileSync(publishedFile(file), 'utf8').split(/\r?\n/)
  return new Set(
    lines
      .slice(1)
      .map((line) => line.trim())
      .filter((line) => line.length >= LEAST_LENGTH),
  )
}

const FILES = filesBelow(PROJECT_DIR).map((path) => ({ path, text: readFileSync(path, 'utf8') }))

it.runIf(HAS_PUBLISHED_FILES).each(IMPORT_FILES.map(({ file }) => file))(
  'no line of %s is in a file of the project',
  (file) => {
    const lines = publishedLines(file)
    expect(lines.size).toBeGreaterThan(10)
    const copies = FILES.filter(({ text }) => text.split(/\r?\n/).some((line) => lines.has(line.trim())))
    expect(copies.map(({ path }) => path)).toEqual([])
  },
)

it.runIf(HAS_PUBLISHED_FILES)('no file of the project holds UNODC’s titles of crimes', () => {
  const [, ...rows] = readFileSync(publishedFile('iccs-v1.0-codes-en-es.csv'), 'utf8').split('\n')
  const titles = rows.map((row) => row.split(',').at(-1)?.trim() ?? '').filter((title) => title.length > 20)
  const copies = FILES.filter(({ text }) => titles.filter((title) => text.includes(title)).length > 10)
  expect(titles.length).toBeGreaterThan(150)
  expect(copies.map(({ path }) => path)).toEqual([])
})
