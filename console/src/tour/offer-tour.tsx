import { Button } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { PlacedIn } from '../components/foot.tsx'
import { useKeptState } from '../components/use-kept-state.ts'
import { Icon } from '../look/icon.tsx'

/** Where the frame has a place for the offer (shell/shell.tsx). */
export const OFFER_ID = 'tour-offer'

const Tour = lazy(async () => ({ default: (await import('./tour.tsx')).Tour }))

/** Offers the tour, and shows it once it has begun. Only the demo has it, because its stories are the demo's. */
export function OfferTour() {
  const { t } = useTranslation()
  const [step, setStep] = useKeptState<number | null>('tour', null)
  if (step === null) {
    return (
      <PlacedIn id={OFFER_ID}>
        <Button className="collapse" variant="subtle" title={t('app.tour')} onClick={() => setStep(0)}>
          <Icon name="compass" /> <span>{t('app.tour')}</span>
        </Button>
      </PlacedIn>
    )
  }
  return (
    <Suspense fallback={null}>
      <Tour step={step} onStep={setStep} onEnd={() => setStep(null)} />
    </Suspense>
  )
}
