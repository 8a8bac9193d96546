/** How settings of limits are described and read: whole numbers and rates. */
import { z } from 'zod'
import type { Rate } from '../admit/rate.ts'

/** Describes a setting that is a whole number. */
export function count<Flag extends string, Variable extends string>(
  flag: Flag,
  variable: Variable,
  meaning: string,
  byDefault: string,
  most = 1_000_000_000,
) {
  const expected = `a whole number from 1 to ${most}`
  return { flag, variable, value: 'number', meaning, expected, default: byDefault } as const
}

/** Describes a setting that is a rate. */
export function rate<Flag extends string, Variable extends string>(
  flag: Flag,
  variable: Variable,
  meaning: string,
  byDefault: string,
) {
  const expected = 'how many a second, a colon and how many at once, such as 50:200; 0 for no limit'
  return { flag, variable, value: 'rate', meaning, expected, default: byDefault } as const
}

/** Reads a whole number. */
export const wholeNumber = (byDefault: number, most = 1_000_000_000, least = 1) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(byDefault)
/** Reads a rate. `0` is null: no limit. */
export const perSecond = (byDefault: Rate) =>
  z
    .string()
    .regex(/^(0|\d{1,6}(\.\d{1,6})?:\d{1,9})$/)
    .transform(toRate)
    .refine((value) => value === null || (value.perSecond > 0 && value.burst >= 1))
    .default(byDefault)

function toRate(text: string): Rate | null {
  if (text === '0') return null
  const [each = '', burst = ''] = text.split(':')
  return { perSecond: Number(each), burst: Number(burst) }
}
