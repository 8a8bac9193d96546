// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show, word } from '../testing.tsx'
import { Handling } from './handling.tsx'

const PROVENANCE = { handling: ['H1', 'H9'], handlingNote: null, synthetic: false }

describe('how a record may be used', () => {
  it('is said by its codes, each with its meaning in the language', async () => {
    const { speak } = await show(<Handling provenance={PROVENANCE} />)
    const titleOf = (code: string): string | undefined => screen.getByText(code).closest('abbr')?.title
    expect(titleOf('H1')).toBe(word('handling.H1'))
    await speak('en')
    expect(titleOf('H1')).toBe('Not as evidence without permission')
    // A code that this console does not know is still shown.
    expect(titleOf('H9')).toBe('H9')
  })

  it('is said to be hidden, which is another thing than to be free', async () => {
    await show(<Handling provenance={null} />)
    expect(screen.getByText('oculto')).toBeTruthy()
  })

  it('has the note of the country', async () => {
    await show(<Handling provenance={{ ...PROVENANCE, handlingNote: 'Solo con\u202eoficio' }} />)
    expect(screen.getByText('Solo con\uFFFDoficio')).toBeTruthy()
  })
})
