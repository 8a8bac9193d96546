// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { show, word } from '../testing.tsx'
import { OfferTour } from './offer-tour.tsx'
import { TOUR_STEPS } from './steps.ts'
import { Tour } from './tour.tsx'

function Walk() {
  const [step, setStep] = useState(0)
  return <Tour step={step} onStep={setStep} onEnd={() => setStep(-1)} />
}

describe('the guided tour', () => {
  it.each([
    ['es', 'Paso 1 de 9'],
    ['en', 'Step 1 of 9'],
  ] as const)('leads through all of its steps by the keyboard alone (%s)', async (language, first) => {
    const { user } = await show(<Walk />, { language })
    expect(screen.getByText(new RegExp(first))).toBeTruthy()
    expect(screen.getByRole('button', { name: word('tour.back') })).toHaveProperty('disabled', true)
    for (const [at, { name }] of TOUR_STEPS.entries()) {
      const heading = screen.getByRole('heading', { name: word(`tour.steps.${name}.title`) })
      // The title has the focus, so that a screen reader says it.
      expect(document.activeElement).toBe(heading)
      expect(screen.getByText(word(`tour.steps.${name}.text`))).toBeTruthy()
      if (at === TOUR_STEPS.length - 1) break
      while (document.activeElement?.textContent !== word('tour.next')) await user.tab()
      await user.keyboard('{Enter}')
    }
    expect(screen.queryByRole('button', { name: word('tour.next') })).toBeNull()
    await user.click(screen.getByRole('button', { name: word('tour.end') }))
    expect(screen.queryByRole('heading')).toBeNull()
  })

  it('leads to the place and says the words of each step that has them', async () => {
    const { user } = await show(<Walk />)
    for (const { to, id, type } of TOUR_STEPS) {
      const link = screen.queryByRole('link', { name: word('tour.go') })
      const place = to === null ? undefined : to.replace('$id', id ?? '')
      expect(decodeURIComponent(link?.getAttribute('href') ?? '') || undefined).toBe(place)
      expect(screen.queryByText(type ?? 'nothing to type', { selector: 'kbd' }) !== null).toBe(type !== undefined)
      const next = screen.queryByRole('button', { name: word('tour.next') })
      if (next !== null) await user.click(next)
    }
  })

  it('goes back a step', async () => {
    const { user } = await show(<Walk />)
    await user.click(screen.getByRole('button', { name: word('tour.next') }))
    await user.click(screen.getByRole('button', { name: word('tour.back') }))
    expect(screen.getByText(/Paso 1 de 9/)).toBeTruthy()
  })

  it('is offered, begins when somebody wants it, and is offered again after its end', async () => {
    const { user } = await show(<OfferTour />)
    await user.click(screen.getByRole('button', { name: word('app.tour') }))
    await user.click(await screen.findByRole('button', { name: word('tour.end') }))
    expect(screen.getByRole('button', { name: word('app.tour') })).toBeTruthy()
  })
})
