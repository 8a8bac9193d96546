import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { TOUR_STEPS } from './steps.ts'

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
  const { t } = useTranslation()
  const title = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step is another title
  useEffect(() => title.current?.focus(), [step])
  const shown = TOUR_STEPS[step]
  if (shown === undefined) return null
  const isLast = step === TOUR_STEPS.length - 1
  return (
    <section className="tour no-print" aria-label={t('tour.label')}>
      <p className="quiet-text">
        {t('tour.label')} · {t('tour.step', { step: step + 1, all: TOUR_STEPS.length })}
      </p>
      <h2 ref={title} tabIndex={-1}>
        {t(`tour.steps.${shown.name}.title`)}
      </h2>
      <p>{t(`tour.steps.${shown.name}.text`)}</p>
      {shown.type !== undefined && (
        <p>
          {t('tour.type')} <kbd>{shown.type}</kbd>
        </p>
      )}
      <div className="actions">
        {shown.to !== null && (
          <Link to={shown.to} params={shown.id === undefined ? {} : { id: shown.id }}>
            {t('tour.go')}
          </Link>
        )}
        <Button disabled={step === 0} onClick={() => onStep(step - 1)}>
          {t('tour.back')}
        </Button>
        {!isLast && (
          <Button variant="filled" onClick={() => onStep(step + 1)}>
            {t('tour.next')}
          </Button>
        )}
        <Button variant={isLast ? 'filled' : 'subtle'} onClick={onEnd}>
          {t('tour.end')}
        </Button>
      </div>
    </section>
  )
}
