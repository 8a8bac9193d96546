// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing.tsx'
import { Field } from './field.tsx'

const input = (attributes: object) => <input {...attributes} />

describe('a field', () => {
  it('is named by its label and described by its help', async () => {
    await show(
      <Field label="Fecha" help="AAAA-MM-DD">
        {input}
      </Field>,
    )
    const box = screen.getByRole('textbox', { name: 'Fecha' })
    expect(descriptionOf(box)).toBe('AAAA-MM-DD')
    expect(box.getAttribute('aria-invalid')).toBeNull()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says what is wrong, marks the value, and keeps its help', async () => {
    await show(
      <Field label="Fecha" help="AAAA-MM-DD" problem="Ese día no existe.">
        {input}
      </Field>,
    )
    const box = screen.getByRole('textbox', { name: 'Fecha' })
    expect(box.getAttribute('aria-invalid')).toBe('true')
    expect(descriptionOf(box)).toBe('Ese día no existe.AAAA-MM-DD')
    expect(screen.getByRole('alert').textContent).toBe('Ese día no existe.')
  })

  it('points to no description if there is none', async () => {
    await show(<Field label="Fecha">{input}</Field>)
    expect(screen.getByRole('textbox', { name: 'Fecha' }).getAttribute('aria-describedby')).toBeNull()
  })
})

function descriptionOf(element: Element): string | null {
  const id = element.getAttribute('aria-describedby')
  return id === null ? null : (document.getElementById(id)?.textContent ?? null)
}
