import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { fill } from '../words/fill.ts'
import { TOUR_STEPS } from './steps.ts'
import { TOUR_WORDS } from './words.ts'

/**
 * The guided tour of the demo's stories: a part of the page beside what it speaks of, never over it, so that the officer works while it is there. The focus
 * goes to the title of each step, so that a screen reader says it and the keyboard goes on from it.
 */
export function Tour({
  step,
  onStep,
  onEnd,
}: {
  /** The index of the step that is shown. */
  readonly step: number
  readonly onStep: (step: number) => void
  readonly onEnd: () => void
}) {
  const { i18n } = useTranslation()
  const words = TOUR_WORDS[i18n.language === 'en' ? 'en' : 'es']
  const title = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step is another title
  useEffect(() => title.current?.focus(), [step])
  const shown = TOUR_STEPS[step]
  if (shown === undefined) return null
  const { title: heading, text } = words.steps[shown.name]
  const isLast = step === TOUR_STEPS.length - 1
  return (
    <section className="tour no-print" aria-label={words.label}>
      <p className="quiet-text">
        {words.label} · {fill(words.step, { step: step + 1, all: TOUR_STEPS.length })}
      </p>
      <h2 ref={title} tabIndex={-1}>
        {heading}
      </h2>
      <p>{text}</p>
      {shown.type !== undefined && (
        <p>
          {words.type} <kbd>{shown.type}</kbd>
        </p>
      )}
      <div className="actions">
        {shown.to !== null && (
          <Link to={shown.to} params={shown.id === undefined ? {} : { id: shown.id }}>
            {words.go}
          </Link>
        )}
        <button type="button" disabled={step === 0} onClick={() => onStep(step - 1)}>
          {words.back}
        </button>
        {!isLast && (
          <button type="button" className="main" onClick={() => onStep(step + 1)}>
            {words.next}
          </button>
        )}
        <button type="button" className={isLast ? 'main' : 'quiet'} onClick={onEnd}>
          {words.end}
        </button>
      </div>
    </section>
  )
}
