import { expect, it } from 'vitest'
import { createOutageLog } from './limits.ts'

it('has one line for an outage, however many statements fail, and one when all that failed is back', async () => {
  const lines: string[] = []
  const outage = createOutageLog(
    (error) => lines.push(`away: ${error}`),
    () => lines.push('back'),
  )
  const answering = { query: async () => ({ rows: [] }) }
  const [rates, rows] = ['rates', 'rows'].map((part) => outage.watch(part, answering))
  await rates?.query('select')
  for (const _ of [1, 2, 3]) for (const part of ['rates', 'rows']) outage.failed(part, 'down')
  await rates?.query('select')
  outage.failed('rates', 'flaps')
  await rates?.query('select')
  expect(lines, 'rows are still away').toEqual(['away: down'])
  await rows?.query('select')
  await rows?.query('select')
  outage.failed('rows', 'again')
  expect(lines).toEqual(['away: down', 'back', 'away: again'])
})
