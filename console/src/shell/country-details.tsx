import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import type { DeniedField } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { wordError } from '../session/word-error.ts'
import { useFormats } from './formats.ts'
import { useLine } from './line-context.tsx'
import type { CountryStanding, HiddenField, LineSummary } from './summarize-countries.ts'
import { SIGNS } from './summarize-countries.ts'
import { useCodeWords } from './use-code-words.ts'
import { wordField } from './word-field.ts'

/** What the line says in full: each country's reasons, what is hidden by whose rule, and the dry run that says why something is empty. */
export function CountryDetails({ summary }: { readonly summary: LineSummary }) {
  const { t } = useTranslation()
  return (
    <div className="details">
      {summary.countries.map((each) => (
        <OneCountry key={each.country} standing={each} />
      ))}
      {summary.hiddenEverywhere.length > 0 && (
        <section>
          <h3>{t('line.hiddenOfMandate')}</h3>
          <Hidden fields={summary.hiddenEverywhere} />
        </section>
      )}
      {summary.others.length > 0 && (
        <section>
          <h3>{t('line.otherErrors')}</h3>
          <ul>
            {summary.others.map(({ code, message }) => (
              <li key={`${code} ${message}`}>
                <ShownText text={message} /> <ShownCode text={code} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Why />
      {summary.requestIds.length > 0 && (
        <section>
          <h3>{t('line.requests')}</h3>
          <p className="ids">
            <ShownText text={summary.requestIds.join(', ')} />
          </p>
        </section>
      )}
    </div>
  )
}

function OneCountry({ standing: { country, standing, flaws, hidden } }: { readonly standing: CountryStanding }) {
  const { t } = useTranslation()
  const { country: nameOf } = useFormats()
  const words = useCodeWords()
  return (
    <section>
      <h3>
        <Icon name={SIGNS[standing]} /> <ShownText text={nameOf(country)} />: {t(`line.standing.${standing}`)}
      </h3>
      {flaws.length > 0 && (
        <ul>
          {flaws.map((flaw) => (
            <li key={JSON.stringify(flaw)}>
              <ShownText text={t(`line.domain.${flaw.domain}`, { defaultValue: flaw.domain })} />:{' '}
              {t(`line.standing.${flaw.standing}`)}
              {flaw.code !== null && (
                <>
                  . <ShownText text={words(flaw.code, country)} /> <ShownCode text={flaw.code} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {hidden.length > 0 && (
        <>
          <h4>{t('line.hidden')}</h4>
          <Hidden fields={hidden} />
        </>
      )}
    </section>
  )
}

function Hidden({ fields }: { readonly fields: readonly HiddenField[] }) {
  const { t } = useTranslation()
  return (
    <ul>
      {fields.map(({ coordinate, code, message, places }) => (
        <li key={`${coordinate} ${code}`}>
          <ShownText text={wordField(t, coordinate)} />: {t('line.places', { count: places })}.{' '}
          <ShownText text={message} />
        </li>
      ))}
    </ul>
  )
}

/** «Why is this empty?»: the same question as a dry run, which asks no country. */
function Why() {
  const { t } = useTranslation()
  const { session } = useWorld()
  const { question } = useLine()
  const dryRun = useMutation({
    mutationFn: async (asked: NonNullable<typeof question>) =>
      session.ask(asked.document, asked.variables, { isDryRun: true }),
  })
  if (question === null) return null
  return (
    <section>
      <h3>{t('line.why')}</h3>
      <p>{t('line.whyAbout')}</p>
      <Button disabled={dryRun.isPending} onClick={() => dryRun.mutate(question)}>
        {t('line.why')}
      </Button>
      <div role="status">
        {dryRun.isError && (
          <p>
            <ShownText text={t('common.failed', { message: wordError(t, dryRun.error) })} />
          </p>
        )}
        {dryRun.data !== undefined && <Denied denied={dryRun.data.denied} />}
      </div>
    </section>
  )
}

function Denied({ denied }: { readonly denied: readonly DeniedField[] }) {
  const { t } = useTranslation()
  const { country: nameOf } = useFormats()
  if (denied.length === 0) return <p>{t('line.whyNothing')}</p>
  return (
    <ul>
      {denied.map(({ coordinate, country, rule, path }) => (
        <li key={JSON.stringify([coordinate, country, path])}>
          <ShownText
            text={t('line.ofCountry', {
              country: country === null ? t('line.everywhere') : nameOf(country),
              text: t('line.whyDenied', {
                field: wordField(t, coordinate),
                rule: t(`line.rule.${rule}`, { defaultValue: rule }),
              }),
            })}
          />
        </li>
      ))}
    </ul>
  )
}
