import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

const folder = mkdtempSync(join(tmpdir(), 'istmo-words-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'en'),
  'kept: "{{path}} was kept"\nrows_one: "{{count}} row"\nrows_other: "{{count}} rows"\n',
)
writeFileSync(
  join(folder, 'es'),
  'kept: "{{path}} ya estaba"\nrows_one: "{{count}} fila"\nrows_other: "{{count}} filas"\n',
)

const words = wordsOf({
  en: pathToFileURL(join(folder, 'en')),
  es: pathToFileURL(join(folder, 'es')),
})

it('says a text in the language that is asked for, with its values in its holes', () => {
  expect(words('en')('kept', { path: 'a.yaml' })).toBe('a.yaml was kept')
  expect(words('es')('kept', { path: 'a.yaml' })).toBe('a.yaml ya estaba')
})

it('says the form of one thing and of several', () => {
  expect([0, 1, 2].map((count) => words('es')('rows', { count }))).toEqual(['0 filas', '1 fila', '2 filas'])
  // The rules of Spanish have a form of their own for a million.
  expect(words('es')('rows', { count: 1_000_000 })).toBe('1000000 filas')
})

it('puts a value in as it is, also if it looks like a hole, a key or markup', () => {
  for (const path of ['{{path}}', '$t(kept)', '<b>&', '$&'])
    expect(words('en')('kept', { path })).toBe(`${path} was kept`)
})
