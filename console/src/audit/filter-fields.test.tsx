// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { show, word } from '../testing.tsx'
import { FilterFields } from './filter-fields.tsx'

it.each([
  ['es', 'Un país recibió una consulta (leg)'],
  ['en', 'A country was asked (leg)'],
] as const)(
  'a filter of entries names their kinds in words, with the code that the log has (%s)',
  async (language, label) => {
    const { user } = await show(<FilterFields form={{}} onSearch={() => undefined} />, { language })
    const kinds = screen.getByLabelText(word('auditor.filter.kind'))
    await user.selectOptions(kinds, label)
    expect(kinds).toHaveProperty('value', 'leg')
    for (const option of within(kinds).getAllByRole('option').slice(1)) expect(option.textContent).toMatch(/ \(.+\)$/)
  },
)
