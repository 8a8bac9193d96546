import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRight, readRow } from '../mapping/testing.ts'
import { formatCrosswalk, readCrosswalk, readDecisions } from './classification.ts'
import { mergeDecisions } from './iccs-command.ts'

const OPTIONS = { known: new Set(['05', '0502', '0101']), nowMs: Date.parse('2026-11-27T12:00:00Z') }
const HEAD = 'label,count,code,title,score,reason,decided,decidedBy,decidedOn\n'
const row = (label: string, code: string, decided: string, by = 'Ana Paz', on = '2026-11-20') =>
  `${label},7,${code},title,900,why,${decided},${by},${on}\n`

const MAPPING = `country: NI
source: { csv: { file: x } }
cases: { id: id, handling: [H1], sharedWith: ["*"], offences: { label: l, iccs: { crosswalk: any.csv } } }
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-crosswalk-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string) {
  const path = join(folder, 'proposal.csv')
  await writeFile(path, text)
  return readDecisions(path, OPTIONS)
}

describe('the decisions in a file of proposals', () => {
  it('are the rows that a person decided, with the code of the row or the code that the person wrote', async () => {
    const text =
      HEAD +
      row('HURTO', '0502', 'sí') +
      row('HURTO', '05', '') +
      row('ROBO', '05', '0101') +
      row('DUDA', '05', 'no', '', '')
    expect(await read(text)).toEqual({
      decided: [
        { label: 'HURTO', code: '0502', decidedBy: 'Ana Paz', decidedOn: '2026-11-20' },
        { label: 'ROBO', code: '0101', decidedBy: 'Ana Paz', decidedOn: '2026-11-20' },
      ],
      open: ['DUDA'],
    })
  })

  it.each([
    [
      'a decision without a person',
      row('A', '0502', 'yes', ''),
      'line 2: decidedBy: expected the name of the person who decided; came nothing',
    ],
    [
      'spaces for a person',
      row('A', '0502', 'yes', '  '),
      'line 2: decidedBy: expected the name of the person who decided; came nothing',
    ],
    ['a formula for a person', row('A', '0502', 'yes', '=1+1'), 'decidedBy: expected the name'],
    ['no day', row('A', '0502', 'yes', 'Ana Paz', ''), 'decidedOn: expected the day of the decision as YYYY-MM-DD'],
    ['a day to come', row('A', '0502', 'yes', 'Ana Paz', '2027-01-01'), 'decidedOn: expected the day'],
    ['a day as a spreadsheet shows it', row('A', '0502', 'yes', 'Ana Paz', '28/11/2026'), 'make the column text'],
    [
      'a code that ICCS does not have',
      row('A', '0502', '0599'),
      'decided: expected a code of the classification; came «0599», which ICCS does not have',
    ],
    [
      'a code whose zero a spreadsheet took away',
      row('A', '502', 'yes'),
      'code: expected a code of the classification; came 502. A spreadsheet took the zero away: write 0502',
    ],
    ['another word', row('A', '0502', 'quizás'), 'decided: expected yes, no, a code, or nothing; came «quizás»'],
    [
      'two codes for one label',
      row('A', '0502', 'yes') + row('A', '05', 'yes'),
      'line 3: expected one code for «A»; line 2 decides 0502, and this one 05',
    ],
    ['no label', row('', '0502', 'yes'), 'line 2: label: expected a label; came nothing'],
  ])('refuse %s, and take nothing over', async (_, rows, message) => {
    await expect(read(HEAD + rows)).rejects.toThrow(message)
    await expect(read(HEAD + rows + row('GOOD', '0502', 'yes'))).rejects.toThrow('nothing was taken over')
  })

  it('name at most twenty wrong rows', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => row(`L${at}`, '0502', 'yes', '')).join('')
    await expect(read(HEAD + rows)).rejects.toThrow('… and 10 more')
  })
})

describe('a crosswalk', () => {
  it('is read as it was written', async () => {
    const path = join(folder, 'delitos.csv')
    const decided = [
      { label: '=HURTO, "simple"', code: '0502', decidedBy: 'Ana Paz', decidedOn: '2026-11-20' },
      { label: 'HOMICIDIO', code: '0101', decidedBy: 'Luis Paz', decidedOn: '2026-11-21' },
    ]
    await writeFile(path, formatCrosswalk(decided))
    expect((await readCrosswalk(path, OPTIONS)).decided).toEqual(decided)
    await writeFile(path, 'label,iccs,decidedBy,decidedOn\nA,0502,,\n')
    await expect(readCrosswalk(path, OPTIONS)).rejects.toThrow('line 2: decidedBy: expected the name')
  })

  it('has for a mapping the labels of the source, whatever signs they begin with', async () => {
    const label = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('-Robo', "'-Robo", '=1', '@a', 'a;b', 'a,b', '"', 'a\nb', '\u2028'),
      )
      .map((text) => text.normalize('NFC').trim())
      .filter((text) => text !== '')
    const path = join(folder, 'any.csv')
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(label, { minLength: 1, maxLength: 6 }), async (labels) => {
        const decided = labels.map((each) => ({
          label: each,
          code: '0502',
          decidedBy: 'Ana Paz',
          decidedOn: '2026-11-20',
        }))
        const text = formatCrosswalk(decided)
        await writeFile(path, text)
        const sorted = [...labels].sort()
        expect((await readCrosswalk(path, OPTIONS)).decided.map((each) => each.label).sort()).toEqual(sorted)
        const mapping = parseRight(MAPPING, () => text)
        for (const l of labels)
          expect([l, readRow(mapping, { id: '1', l })]).toMatchObject([l, { 'cases.offences': { iccs: '0502' } }])
      }),
      { numRuns: 50 },
    )
  })

  it('keeps of two decisions about one label the later one', () => {
    const at = (code: string, decidedOn: string) => ({ label: 'A', code, decidedBy: 'Ana Paz', decidedOn })
    expect(mergeDecisions([at('05', '2026-11-20')], [at('0502', '2026-11-20')])).toEqual([at('0502', '2026-11-20')])
    expect(mergeDecisions([at('05', '2026-11-20')], [at('0502', '2026-11-19')])).toEqual([at('05', '2026-11-20')])
  })
})
