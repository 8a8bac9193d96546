import { expect, it } from 'vitest'
import { type Dialect, renderSelection } from './source.ts'

const DIALECT: Dialect = { quote: (name) => `"${name}"`, parameter: (n) => `$${n}` }

it.each([
  [{ from: 'persona' }, 'select istmo_1.* from "persona" istmo_1', []],
  [{ from: 'dbo.persona' }, 'select istmo_1.* from "dbo"."persona" istmo_1', []],
  [{ from: 'select 1 -- all;' }, 'select istmo_1.* from (\nselect 1 -- all\n) istmo_1', []],
  [
    { from: 'a', changed: [{ column: 'at', since: '2026' }] },
    'select istmo_1.* from "a" istmo_1 where istmo_1."at" >= $1',
    ['2026'],
  ],
  [
    {
      from: 'b',
      changed: [
        {
          column: 'a_id',
          among: {
            from: 'a',
            column: 'id',
            changed: [
              { column: 'at', since: '1' },
              { column: 'at2', since: '2' },
            ],
          },
        },
      ],
    },
    'select istmo_1.* from "b" istmo_1 where istmo_1."a_id" in (select istmo_2."id" from "a" istmo_2 where istmo_2."at" >= $1 or istmo_2."at2" >= $2)',
    ['1', '2'],
  ],
  [{ from: 'a', changed: [] }, 'select istmo_1.* from "a" istmo_1 where 1 = 0', []],
])('writes the statement of %j', (selection, text, values) => {
  expect(renderSelection(selection, DIALECT)).toEqual({ text, values })
})
