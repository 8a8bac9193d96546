// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { type Answering, show, word } from '../testing.tsx'
import { draftOf, settleDraft } from './offence-draft.ts'
import { OffenceField } from './offence-field.tsx'

const named = (code: string, titleEs: string) => ({ code, level: 3, titleEn: `${titleEs} (en)`, titleEs })
const EXTORTION = named('02051', 'Extorsión')
const THREAT = named('020121', 'Amenaza grave')

function Form({ isOne = false }: { readonly isOne?: boolean }) {
  const [draft, setDraft] = useState(draftOf([]))
  const [isTried, setTried] = useState(false)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        setDraft(settleDraft(draft, isOne))
      }}
    >
      <OffenceField draft={draft} isOne={isOne} isRequired isTried={isTried} onChange={setDraft} />
      <button type="submit">Enviar</button>
      <output>{draft.codes.join(' ')}</output>
    </form>
  )
}

const answering: Answering = async () => ({
  data: { iccsClasses: { classes: [EXTORTION, THREAT], outcomes: [] } },
})
const field = (): HTMLElement => screen.getByRole('combobox', { name: word('cases.iccs') })

describe('a field for offences', () => {
  it('asks once for what was typed, shows the section of each class, and takes by Enter the first or the one the arrows lead to', async () => {
    const { user, session } = await show(<Form />, { answering })
    await user.type(field(), 'extorsión')
    const options = await screen.findAllByRole('option')
    expect(options[0]?.textContent).toBe('Extorsión 02051 › Actos que causan o intentan causar daño a la persona')
    await user.keyboard('{Enter}')
    expect(screen.getByRole('status').textContent).toBe('02051')
    expect(screen.getByText('Extorsión')).toBeTruthy()
    await user.type(field(), 'amenaza')
    await screen.findAllByRole('option')
    await user.keyboard('{ArrowDown}{Enter}')
    expect(screen.getByRole('status').textContent).toBe('02051 020121')
    expect(session.asked.map(({ variables }) => variables)).toEqual([{ search: 'extorsión' }, { search: 'amenaza' }])
    await user.keyboard('{Backspace}')
    expect(screen.getByRole('status').textContent).toBe('02051')
    await user.click(screen.getByRole('button', { name: 'Quitar 02051' }))
    expect(screen.getByRole('status').textContent).toBe('')
  })

  it('asks nothing of two letters, but by Enter', async () => {
    const { user, session } = await show(<Form />, { answering })
    await user.type(field(), 'ex')
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(session.asked).toEqual([])
    await user.keyboard('{Enter}')
    await screen.findAllByRole('option')
    expect(session.asked).toHaveLength(1)
  })

  it('says at the field what is typed and not chosen, or that nothing is, once the form is sent', async () => {
    const { user } = await show(<Form />, { answering })
    await user.click(screen.getByRole('button', { name: 'Enviar' }))
    expect(screen.getByRole('alert').textContent).toBe('Escriba un delito y elíjalo de la lista.')
    await user.type(field(), 'extorsión')
    await user.click(screen.getByRole('button', { name: 'Enviar' }))
    expect(screen.getByRole('alert').textContent).toContain('«extorsión» no está elegido')
  })

  it('takes codes that are typed without a question, with their section, and the last of them if it is for one', async () => {
    const { user, session } = await show(<Form isOne />)
    await user.type(field(), '0101, 02051')
    await user.click(screen.getByRole('button', { name: 'Enviar' }))
    expect(screen.getByRole('status').textContent).toBe('02051')
    expect(screen.getByText(/› Actos que causan o intentan causar daño/)).toBeTruthy()
    expect(session.asked).toEqual([])
  })

  it('offers the word that the classification has instead', async () => {
    const { user, session } = await show(<Form />, {
      answering: async ({ variables }) => ({
        data: { iccsClasses: { classes: 'search' in variables && variables.search === 'blanqueo' ? [EXTORTION] : [] } },
      }),
    })
    await user.type(field(), 'lavado')
    await screen.findByRole('option', { name: /«blanqueo»/ })
    await user.keyboard('{Enter}')
    await screen.findByRole('option', { name: /^Extorsión/ })
    expect(session.asked).toHaveLength(2)
  })
})
