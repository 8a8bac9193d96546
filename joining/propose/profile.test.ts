import { expect, it } from 'vitest'
import { isMinorOn } from '../doubtful-values.ts'
import { profileTable } from './profile.ts'
import { makeSource } from './testing.ts'

it.each([
  ['2026-12-01', '2008-12-01', '2008-12-02', '2026-12-02', '2026-12-03'],
  ['2028-02-29', '2010-02-28', '2010-03-01', '2028-03-01', '2028-03-02'],
  ['2026-12-31', '2008-12-31', '2009-01-01', '2027-01-01', '2027-01-02'],
])(
  'the minors of a column on %s are those whom the checks of a table call minors',
  async (today, adult, oldest, newest, unborn) => {
    const source = makeSource([
      { name: 'persona', columns: { nacido: 'text' }, rows: [[adult], [oldest], [newest], [unborn]] },
    ])
    const [table] = source.tables
    const { columns } = await profileTable(source, table ?? expect.fail(), 'persona', today)
    expect(columns.map(({ dates }) => dates?.minors)).toEqual([2])
    expect(isMinorOn(today, 'born')).toBe(`born > date '${adult}' and born <= date '${newest}'`)
  },
)
