import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCsv } from './csv.ts'

/** Files that nobody means well with, or that a broken program wrote. */

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function open(text: string | Uint8Array, form: Partial<Parameters<typeof openCsv>[0]> = {}) {
  await writeFile(at('x.csv'), text)
  return openCsv({ path: at('x.csv'), encoding: null, delimiter: ',', quote: '"', ...form })
}

async function readAll(source: Awaited<ReturnType<typeof openCsv>>) {
  const rows: Readonly<Record<string, string | null>>[] = []
  const unreadable: string[] = []
  for await (const batch of source.read({ from: 'x.csv' })) {
    rows.push(...batch.rows.map(({ row }) => row))
    unreadable.push(...batch.unreadable.map(({ place, reason }) => `${place}: ${reason}`))
  }
  return { rows, unreadable }
}

describe('the first line of a file', () => {
  it.each([
    ['more columns than any program makes', 'a'.repeat(400_000).split('').join(','), /no more than 16384 columns/],
    ['a name that no object can have', 'id,__proto__\n1,2\n', /another name of a column than __proto__/],
    ['a name twice among thousands', [...Array(9_000).keys(), 8_999].join(','), /came «8999» twice/],
    ['no line end at all', 'x'.repeat(1_100_000), /expected CSV; .*Max Record Size/],
  ])('has %s', async (_name, text, message) => {
    await expect((await open(text)).listColumns('x.csv')).rejects.toThrow(message)
  })

  it('has names that objects have of themselves', async () => {
    const source = await open('constructor,toString,hasOwnProperty\n1,2,3\n')
    expect(await readAll(source)).toEqual({
      rows: [{ constructor: '1', toString: '2', hasOwnProperty: '3' }],
      unreadable: [],
    })
  })
})

it('says of a line that is no row what is wrong, and nothing of its values', async () => {
  const { rows, unreadable } = await readAll(await open('id,name\n1,Ana "la\n2,"Paz"x\n3,\u001b[2J"Secreto"\n4,Luz\n'))
  expect(rows.at(-1)).toEqual({ id: '4', name: 'Luz' })
  expect(unreadable.length).toBeGreaterThan(0)
  expect(unreadable.join('\n')).not.toMatch(/Ana|Paz|Secreto|\[2J/)
  expect(unreadable[0]).toMatch(/^\d+: expected a quote only around a whole field/)
})

it('refuses a file that is written to while it is read, and what is no file', async () => {
  const source = await open('id\n1\n')
  await writeFile(at('x.csv'), 'id\n1\n2\n')
  await expect(readAll(source)).rejects.toThrow(/the file changed while it was read/)
  await symlink('/dev/zero', at('zero'))
  const form = { encoding: null, delimiter: ',', quote: '"' }
  await expect(openCsv({ path: at('zero'), ...form })).rejects.toThrow(/came a folder or a device/)
  await expect(openCsv({ path: folder, ...form })).rejects.toThrow(/came a folder or a device/)
})
