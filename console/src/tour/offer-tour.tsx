import { Button } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeptState } from '../components/use-kept-state.ts'

const Tour = lazy(async () => ({ default: (await import('./tour.tsx')).Tour }))

/** Offers the tour, and shows it once it has begun. Only the demo has it, because its stories are the demo's. */
export function OfferTour() {
  const { t } = useTranslation()
  const [step, setStep] = useKeptState<number | null>('tour', null)
  if (step === null) {
    return (
      <p className="tour-offer no-print">
        <Button variant="subtle" onClick={() => setStep(0)}>
          {t('app.tour')}
        </Button>
      </p>
    )
  }
  return (
    <Suspense fallback={null}>
      <Tour step={step} onStep={setStep} onEnd={() => setStep(null)} />
    </Suspense>
  )
}
