// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import fc from 'fast-check'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing.tsx'
import { DateField } from './date-field.tsx'
import { isDay, readDay, writeDay } from './read-day.ts'

function Filed({ first = '', onTold }: { readonly first?: string; readonly onTold: (value: string) => void }) {
  const [value, setValue] = useState(first)
  return (
    <>
      <DateField
        label="Desde"
        value={value}
        onChange={(next) => {
          setValue(next)
          onTold(next)
        }}
      />
      <button type="button" onClick={() => setValue('')}>
        Quitar
      </button>
    </>
  )
}

describe('a field for a day', () => {
  it.each([
    ['1/3/2024', '2024-03-01'],
    ['01.03.2024', '2024-03-01'],
    ['01032024', '2024-03-01'],
    ['2024-03-01', '2024-03-01'],
  ])('reads %s with the day first, and shows it in one form', async (typed, day) => {
    const told: string[] = []
    const { user } = await show(<Filed onTold={(value) => told.push(value)} />)
    await user.type(screen.getByLabelText('Desde'), typed)
    await user.tab()
    expect(told.at(-1)).toBe(day)
    expect(screen.getByLabelText('Desde')).toHaveProperty('value', '01/03/2024')
  })

  it('says at the field that a text is no day of the calendar, in the language, once one has left it', async () => {
    const { user } = await show(<Filed onTold={() => undefined} />)
    await user.type(screen.getByLabelText('Desde'), '31/02/2024')
    expect(screen.queryByRole('alert')).toBeNull()
    await user.tab()
    expect(screen.getByRole('alert').textContent).toBe('Escriba un día del calendario, como 31/12/2026.')
    await user.clear(screen.getByLabelText('Desde'))
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('is empty when the page removes the day', async () => {
    const { user } = await show(<Filed first="2024-03-01" onTold={() => undefined} />)
    await user.click(screen.getByRole('button', { name: 'Quitar' }))
    expect(screen.getByLabelText('Desde')).toHaveProperty('value', '')
  })
})

describe('readDay', () => {
  it('reads each day as it is written, and gives no day that is none', () => {
    const days = fc.date({ min: new Date('1800-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(days, (date) => {
        const day = date.toISOString().slice(0, 10)
        expect(readDay(writeDay(day))).toBe(day)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isDay(readDay(text)) || readDay(text) === text.trim()).toBe(true)
      }),
    )
  })
})
