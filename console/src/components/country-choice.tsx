import { Checkbox, Fieldset } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSignedIn } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { ShownText } from './shown-text.tsx'

/** A choice among the countries of the mandate. All of them is the default, for which null stands. */
export function CountryChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: readonly string[] | null
  readonly onChoose: (countries: readonly string[] | null) => void
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const all = useSignedIn().mandate.countries
  const change = (code: string, isChosen: boolean): void => {
    const next = all.filter((each) => (each === code ? isChosen : (chosen ?? all).includes(each)))
    onChoose(next.length === all.length ? null : next)
  }
  return (
    <Fieldset legend={t('cases.countries')} className="countries">
      {all.map((code) => (
        <Checkbox
          key={code}
          label={<ShownText text={country(code)} />}
          checked={(chosen ?? all).includes(code)}
          onChange={({ target }) => change(code, target.checked)}
        />
      ))}
    </Fieldset>
  )
}
