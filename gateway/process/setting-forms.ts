/** Settings of limits: whole numbers, quotas and rates. */
import { z } from 'zod'
import { setting } from '../../service/setting.ts'
import { form, wholeNumber } from '../../service/setting-forms.ts'
import type { Rate } from '../admit/rate.ts'

/** Makes a setting that is a whole number. */
export function count(flag: string, variable: string, meaning: string, byDefault: string, most = 1_000_000_000) {
  return setting(wholeNumber('number', 1, most), { flag, variable, meaning, default: byDefault })
}

/** Makes the form of a quota of a day; `0` is null: no limit. */
export function quota(most: number) {
  const { schema } = wholeNumber('number', 0, most)
  const orNull = schema.transform((number) => (number === 0 ? null : number))
  return form('number', `a whole number from 1 to ${most}; 0 for no limit`, orNull)
}

/** Makes the form of a rate; `0` is null: no limit. `digits`: how many the number at once may have. */
export function rateForm(expected: string, digits = 6) {
  const schema = z
    .string()
    .regex(new RegExp(`^(0|\\d{1,6}(\\.\\d{1,6})?:\\d{1,${digits}})$`))
    .transform(toRate)
    .refine((value) => value === null || (value.perSecond > 0 && value.burst >= 1))
  return form('rate', expected, schema)
}

const OFTEN = rateForm('how many a second, a colon and how many at once, such as 50:200; 0 for no limit')

/** Makes a setting that is a rate. */
export function rate(flag: string, variable: string, meaning: string, byDefault: string, expected = OFTEN) {
  return setting(expected, { flag, variable, meaning, default: byDefault })
}

function toRate(text: string): Rate | null {
  if (text === '0') return null
  const [each = '', burst = ''] = text.split(':')
  return { perSecond: Number(each), burst: Number(burst) }
}
