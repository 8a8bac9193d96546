import { Button } from '@mantine/core'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../components/country-mark.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import type { SessionAnswer } from '../session/session.ts'
import { AskAgain } from './ask-again.tsx'
import { CountryDetails } from './country-details.tsx'
import { useFormats } from './formats.ts'
import { useLine } from './line-context.tsx'
import {
  type CountryStanding,
  countHidden,
  isSilent,
  listMadeUp,
  SIGNS,
  type Standing,
  summarizeCountries,
} from './summarize-countries.ts'
import { wordFieldShort } from './word-field.ts'

/**
 * The line that never leaves the screen: which countries answered, which did not and why, and what is hidden by whose rule. Without it, a missing
 * answer would look like an empty one.
 */
export function CountriesLine() {
  const { t } = useTranslation()
  const { country } = useFormats()
  const [isOpen, setOpen] = useState(false)
  const details = useRef<HTMLButtonElement>(null)
  const { answers, isAsking, awaited } = useLine()
  const { madeUp, real } = listMadeUp(answers)
  const isMixed = madeUp.length > 0 && real.length > 0
  const silent = answers
    .flatMap(({ countries }) => countries.filter(isSilent).map((report) => report.country))
    .sort()[0]
  const summary = summarizeCountries(answers)
  const isEmpty = summary.countries.length === 0 && summary.hiddenEverywhere.length === 0
  const isUnasked = isEmpty && !isAsking && summary.others.length === 0
  return (
    <section className={isUnasked ? 'line unseen' : 'line'} aria-label={t('line.label')}>
      <div className="line-row">
        <div role="status" className="chips">
          {isAsking && awaited.length === 0 && <span className="chip asking">{t('line.asking')}</span>}
          {awaited.map((code) => (
            <span key={code} className="chip asking">
              <CountryMark code={code} /> <ShownText text={t('line.awaited', { country: country(code) })} />
            </span>
          ))}
          {isEmpty && !isAsking && <span className="quiet-text">{t('line.nothing')}</span>}
          {summary.countries.map((each) => (
            <Chip
              key={each.country}
              standing={each}
              at={Math.max(0, ...answers.filter((answer) => isOf(answer, each.country)).map((answer) => answer.at))}
              mark={isMixed && madeUp.includes(each.country) ? t('line.isMadeUp') : null}
              again={each.country === silent ? <AskAgain onAsked={() => details.current?.focus()} /> : null}
            />
          ))}
          {countHidden(summary) > 0 && (
            <span className="chip partly">
              <Icon name="partly" /> {t('line.hiddenPlaces', { count: countHidden(summary) })}
            </span>
          )}
        </div>
        <div className="line-buttons">
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
      <div id="line-details" hidden={!isOpen}>
        {isOpen && <CountryDetails summary={summary} />}
      </div>
    </section>
  )
}

/** Whether an answer has a part of a country. */
function isOf({ countries }: SessionAnswer<unknown>, code: string): boolean {
  return countries.some(({ country }) => country === code)
}

/** The most fields that a chip names as hidden; the details have all of them. */
const MOST_FIELDS = 2

/** One country: its mark, how it stands, and when or why. A remedy is in the chip. */
function Chip({
  standing: { country: code, standing, flaws, hidden },
  at,
  mark,
  again,
}: {
  readonly standing: CountryStanding
  readonly at: number
  readonly mark: string | null
  readonly again: ReactNode
}) {
  const { t } = useTranslation()
  const { country, hour } = useFormats()
  const fields = [...new Set(hidden.map(({ coordinate }) => wordFieldShort(t, coordinate)))]
  const named = fields.slice(0, MOST_FIELDS).join(', ').toLocaleLowerCase()
  const rest = fields.length - MOST_FIELDS
  // What is denied is what is hidden.
  const isSaid = standing === 'partly' && named !== '' && flaws.every((flaw) => flaw.code === 'PARTLY_DENIED')
  return (
    <span className={`chip ${standing}`}>
      <span aria-hidden="true">
        <CountryMark code={code} isAway={HATCHED.has(standing)} />
      </span>
      <Icon name={SIGNS[standing]} />
      {standing === 'answered' && at > 0 && <span>{hour(at)}</span>}
      <span className="chip-word">
        <ShownText text={country(code)} />{' '}
        <ShownText
          text={[
            ...(isSaid ? [] : [t(`line.standing.${standing}`)]),
            ...(named === '' ? [] : [t(rest > 0 ? 'line.hidesMore' : 'line.hides', { fields: named, count: rest })]),
          ].join('; ')}
        />
      </span>
      {mark !== null && <span className="demo-mark">{mark}</span>}
      {again}
    </span>
  )
}

/** The standings of countries from which nothing came. */
const HATCHED: ReadonlySet<Standing> = new Set(['denied', 'timed-out', 'unavailable'])
