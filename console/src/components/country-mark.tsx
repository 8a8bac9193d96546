import { lookOfCountry } from '../look/country-colors.ts'
import { useFormats } from '../shell/formats.ts'
import { cleanText } from './clean-text.ts'

/** The two letters of a country on its plate: filled, outlined or tinted, so that it is told apart without color too. A screen reader says the country's name. */
export function CountryMark({
  code,
  isAway = false,
}: {
  readonly code: string
  /** Whether the country gave no answer: its plate is dashed. */
  readonly isAway?: boolean
}) {
  const { country } = useFormats()
  const { hue, fill } = lookOfCountry(code)
  const name = cleanText(country(code))
  return (
    <abbr className="country-mark" title={name} data-hue={hue} data-fill={fill} data-away={isAway || undefined}>
      <bdi aria-hidden="true">{cleanText(code)}</bdi>
      <bdi className="unseen">{name}</bdi>
    </abbr>
  )
}
