import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLinks } from './apply-links.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')
const HEAD = 'kind,id,country,otherId,confirmed,confirmedBy,confirmedOn\n'
type Row = Partial<Record<'kind' | 'id' | 'country' | 'otherId' | 'confirmed' | 'by' | 'on', string>>
const row = ({
  kind = 'PERSON',
  id = 'HN:P-1',
  country = 'GT',
  otherId = 'GT:P-9',
  confirmed = 'yes',
  by = 'Ana Paz',
  on = '2026-11-20',
}: Row = {}) =>
  `${[kind, id, country, otherId, confirmed, by, on].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-links-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(...rows: readonly string[]) {
  const path = join(folder, 'candidates.csv')
  await writeFile(path, HEAD + rows.join(''))
  return readLinks(path, 'HN', NOW)
}

it('takes confirmed rows as links, denied ones as links to remove, and leaves the rest', async () => {
  const other = { id: 'HN:P-2', otherId: 'GT:P-8' }
  expect(
    await read(
      row(),
      row({ ...other, confirmed: 'no' }),
      row({ confirmed: '', by: '' }),
      row({ otherId: '', confirmed: 'No' }),
      row({ kind: 'CASE', id: 'HN:C-1', otherId: 'GT:C-1' }),
    ),
  ).toEqual({
    links: [
      { line: 2, kind: 'PERSON', id: 'HN:P-1', otherId: 'GT:P-9', isConfirmed: true, by: 'Ana Paz', on: '2026-11-20' },
      { line: 3, kind: 'PERSON', ...other, isConfirmed: false, by: 'Ana Paz', on: '2026-11-20' },
      { line: 6, kind: 'CASE', id: 'HN:C-1', otherId: 'GT:C-1', isConfirmed: true, by: 'Ana Paz', on: '2026-11-20' },
    ],
    undecided: 1,
    denied: 1,
  })
})

describe('no link comes without a person, or to the wrong record', () => {
  it.each<readonly [string, readonly Row[], string]>([
    ['nobody', [{ by: '' }], 'line 2: confirmedBy: expected the name of the person who decided; came nothing'],
    ['spaces', [{ by: '   ' }], 'line 2: confirmedBy: expected the name'],
    ['invisible letters', [{ by: '\u200b\u3164' }], 'line 2: confirmedBy: expected the name'],
    ['a program', [{ by: 'system' }], 'line 2: confirmedBy: expected the name'],
    ['a formula', [{ by: '=cmd|"/c calc"!A1' }], 'line 2: confirmedBy: expected the name'],
    ['a guarded formula', [{ by: "'=Ana" }], 'line 2: confirmedBy: expected the name'],
    ['nobody who denies', [{ confirmed: 'no', by: '' }], 'line 2: confirmedBy: expected the name'],
    ['no day', [{ on: '' }], 'line 2: confirmedOn: expected the day of the decision as YYYY-MM-DD'],
    ['a day to come', [{ on: '2027-01-01' }], 'line 2: confirmedOn'],
    ['another answer', [{ confirmed: 'perhaps' }], 'line 2: confirmed: expected yes, no or nothing; came «perhaps»'],
    [
      'no foreign id',
      [{ otherId: '' }],
      'line 2: otherId: expected the id that the other country’s contact point has told you',
    ],
    [
      'a foreign id of our own',
      [{ otherId: 'HN:P-2' }],
      'line 2: otherId: expected an id of another country than HN; came «HN:P-2»',
    ],
    [
      'a foreign id of a third country',
      [{ otherId: 'SV:P-2' }],
      'line 2: otherId: expected an id of GT, which has the hit; came «SV:P-2»',
    ],
    ['a formula as an id', [{ otherId: '=GT:P-9' }], 'line 2: otherId: expected the id'],
    [
      'an own id of another country',
      [{ id: 'GT:P-1' }],
      'line 2: id: expected an id of your own country, HN; came «GT:P-1»',
    ],
    [
      'an id of a country that does not exist',
      [{ otherId: 'QQ:P-1', country: 'QQ' }],
      'line 2: otherId: expected the id',
    ],
    ['another kind', [{ kind: 'WARRANT' }], 'line 2: kind: expected PERSON or CASE; came «WARRANT»'],
    [
      'one person as two of a country',
      [{}, { otherId: 'GT:P-8' }],
      'line 3: otherId: expected one person of GT for HN:P-1; line 2 names another',
    ],
    [
      'two persons as one',
      [{}, { id: 'HN:P-2' }],
      'line 3: id: expected one person of ours for GT:P-9; line 2 names another',
    ],
    [
      'a yes and a no',
      [{}, { confirmed: 'no' }],
      'line 3: confirmed: expected one answer for HN:P-1 and GT:P-9; line 2 has another',
    ],
  ])('%s', async (_, rows, message) => {
    await expect(read(...rows.map(row))).rejects.toThrow(message)
    await expect(read(...rows.map(row), row({ id: 'HN:P-7', otherId: 'GT:P-7' }))).rejects.toThrow(
      'nothing was imported',
    )
  })

  it('takes one pair that is there twice as one link', async () => {
    expect((await read(row(), row())).links).toHaveLength(1)
  })
})
