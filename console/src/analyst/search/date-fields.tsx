import { NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { PartialDate } from './partial-date.ts'

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1)

/** By how many years a year may be wrong, as the form offers it. */
const WITHIN = [0, 1, 2, 5, 10]

/** Asks for what is known of a date of birth: day, month and year, each of which may be missing, and how sure the year is. */
export function DateFields({
  date,
  onChange,
}: {
  readonly date: PartialDate
  readonly onChange: (date: PartialDate) => void
}) {
  const { t, i18n } = useTranslation()
  const months = new Intl.DateTimeFormat(i18n.language, { month: 'short', timeZone: 'UTC' })
  const number = (name: 'day' | 'year', most: number) => (
    <TextInput
      className={name}
      aria-label={t(`search.${name}`)}
      placeholder={t(`search.${name}Hint`)}
      inputMode="numeric"
      pattern={`\\d{1,${most}}`}
      maxLength={most}
      autoComplete="off"
      value={date[name] ?? ''}
      onChange={({ target: { value } }) => {
        if (/^\d*$/.test(value)) onChange({ ...date, [name]: value === '' ? null : Number(value) })
      }}
    />
  )
  return (
    <fieldset className="born-on" aria-label={t('common.birthDate')}>
      <span className="meta" aria-hidden="true">
        {t('common.birthDate')}
      </span>
      {number('day', 2)}
      <NativeSelect
        className="month"
        aria-label={t('search.month')}
        value={date.month ?? ''}
        data={[
          { value: '', label: t('search.monthHint') },
          ...MONTHS.map((month) => ({ value: String(month), label: months.format(Date.UTC(2000, month - 1)) })),
        ]}
        onChange={({ target }) => onChange({ ...date, month: target.value === '' ? null : Number(target.value) })}
      />
      {number('year', 4)}
      <NativeSelect
        className="year"
        aria-label={t('search.within')}
        value={String(date.within)}
        data={WITHIN.map((years) => ({ value: String(years), label: years === 0 ? t('search.exact') : `± ${years}` }))}
        onChange={({ target }) => onChange({ ...date, within: Number(target.value) })}
      />
    </fieldset>
  )
}
