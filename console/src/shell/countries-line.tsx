import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import type { SessionAnswer } from '../session/session.ts'
import { AskAgain } from './ask-again.tsx'
import { CountryDetails } from './country-details.tsx'
import { useFormats } from './formats.ts'
import { useLine } from './line-context.tsx'
import { listMadeUp, SIGNS, summarizeCountries } from './summarize-countries.ts'

/**
 * The line that never leaves the screen: which countries answered, which did not and why, and what is hidden by whose rule. Without it, a missing
 * answer would look like an empty one.
 */
export function CountriesLine() {
  const { t } = useTranslation()
  const { country, hour } = useFormats()
  const [isOpen, setOpen] = useState(false)
  const details = useRef<HTMLButtonElement>(null)
  const { answers, isAsking, awaited } = useLine()
  const at = Math.max(0, ...answers.map((answer) => answer.at))
  const summary = summarizeCountries(answers)
  const isEmpty = summary.countries.length === 0 && summary.hiddenEverywhere.length === 0
  return (
    <section className="line" aria-label={t('line.label')}>
      <div className="line-row">
        <div role="status" className="chips">
          {isAsking && awaited.length === 0 && <span className="chip asking">{t('line.asking')}</span>}
          {awaited.map((code) => (
            <span key={code} className="chip asking">
              <span aria-hidden="true">…</span> <ShownText text={t('line.awaited', { country: country(code) })} />
            </span>
          ))}
          {isEmpty && !isAsking && <span className="quiet-text">{t('line.nothing')}</span>}
          {summary.countries.map(({ country: code, standing }) => (
            <span key={code} className={`chip ${standing}`}>
              <span aria-hidden="true">{SIGNS[standing]}</span> <ShownText text={country(code)} />{' '}
              <span className="chip-word">{t(`line.standing.${standing}`)}</span>
            </span>
          ))}
          {summary.hiddenEverywhere.length > 0 && (
            <span className="chip partly">
              <span aria-hidden="true">◐</span> {t('line.everywhere')}:{' '}
              {t('line.hiddenPlaces', { count: summary.hiddenEverywhere.reduce((sum, { places }) => sum + places, 0) })}
            </span>
          )}
        </div>
        <div className="line-buttons">
          <AskAgain onAsked={() => details.current?.focus()} />
          {at > 0 && <span className="asked-at">{t('line.at', { time: hour(at) })}</span>}
          <Button
            ref={details}
            variant="subtle"
            aria-expanded={isOpen}
            aria-controls="line-details"
            disabled={isEmpty && summary.others.length === 0}
            onClick={() => setOpen(!isOpen)}
          >
            {t('line.details')}
          </Button>
        </div>
      </div>
      <MadeUp answers={answers} />
      <div id="line-details" hidden={!isOpen}>
        {isOpen && <CountryDetails summary={summary} />}
      </div>
    </section>
  )
}

/** Which countries' records on the page are made up, and which are real: only a demonstration has records that are made up. */
function MadeUp({ answers }: { readonly answers: readonly SessionAnswer<unknown>[] }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { madeUp, real } = listMadeUp(answers)
  if (madeUp.length === 0) return null
  const names = (codes: readonly string[]): string => codes.map(country).join(', ') || t('common.none')
  return (
    <p className="quiet-text made-up">
      <ShownText text={t('line.madeUp', { madeUp: names(madeUp), real: names(real) })} />
    </p>
  )
}
