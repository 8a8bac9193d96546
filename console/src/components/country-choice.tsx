import { Button, Checkbox, Popover } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../look/icon.tsx'
import { useSignedIn } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { CountryMark } from './country-mark.tsx'
import { ShownText } from './shown-text.tsx'

/** A choice among the countries of the mandate, behind a button with their marks. All of them is the default, for which null stands. */
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
    <Popover
      position="bottom-start"
      withinPortal={false}
      hideDetached={false}
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button className="country-choice" rightSection={<Icon name="down" />}>
          <span className="unseen">{t('cases.countries')}: </span>
          {(chosen ?? all).map((code) => (
            <CountryMark key={code} code={code} />
          ))}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="countries">
        {all.map((code) => (
          <Checkbox
            key={code}
            label={<ShownText text={country(code)} />}
            checked={(chosen ?? all).includes(code)}
            onChange={({ target }) => change(code, target.checked)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}
