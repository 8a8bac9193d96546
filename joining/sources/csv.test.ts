import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCsv } from './csv.ts'

/** What a spreadsheet leaves in the files that it exports. */

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function readAll(text: string) {
  const path = join(folder, 'casos.csv')
  await writeFile(path, text)
  const source = await openCsv({ path, encoding: null, delimiter: ';', quote: '"' })
  const batches = []
  for await (const batch of source.read({ from: 'casos.csv' })) batches.push(batch)
  return {
    rows: batches.flatMap(({ rows }) => rows.map(({ place, row }) => [place, ...Object.values(row)])),
    unreadable: batches.flatMap(({ unreadable }) => unreadable),
  }
}

it('a line of nothing but separators, spaces and quotes is left out, and the places of the others stay', async () => {
  const { rows, unreadable } = await readAll('\ufeffnumero;estado\r\nC-1;TR\r\n;\r\n\r\n " " ;""\r\nC-2;\r\n;;\r\n')
  expect(rows).toEqual([
    [2, 'C-1', 'TR'],
    [6, 'C-2', ''],
  ])
  expect(unreadable).toEqual([])
})

it('a line break in quotes belongs to its row', async () => {
  const { rows } = await readAll('numero;relato\r\nC-1;"Llegó;\r\ny dijo ""no"""\r\nC-2;x\r\n')
  expect(rows.map(([, ...values]) => values)).toEqual([
    ['C-1', 'Llegó;\r\ny dijo "no"'],
    ['C-2', 'x'],
  ])
})
