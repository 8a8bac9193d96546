import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import type { ConsoleLanguage } from '../words/language.ts'

/** How a language writes what the graph has as codes. */
export interface Formats {
  /** A day `YYYY-MM-DD` as a person writes it. What is not a day is returned as it came, without hidden characters. */
  day(text: string | null | undefined): string
  /** The month of a day, in words. */
  month(text: string): string
  /** The month of a day, as short as a column is. */
  monthShort(text: string): string
  /** A moment with its zone, from ISO 8601 or milliseconds since the epoch. */
  moment(value: string | number): string
  /** The hour and minute of a moment. */
  hour(ms: number): string
  number(value: number): string
  /** The name of a country. */
  country(code: string): string
}

const LOCALES: Readonly<Record<ConsoleLanguage, string>> = { es: 'es-GT', en: 'en-GB' }

/** Makes the formats of a language. */
export function createFormats(language: ConsoleLanguage, timeZone?: string): Formats {
  const locale = LOCALES[language]
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  const moments = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  })
  const hours = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const months = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const shortMonths = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' })
  const numbers = new Intl.NumberFormat(locale)
  const regions = new Intl.DisplayNames([language], { type: 'region' })
  return {
    day(text) {
      if (text == null) return ''
      const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
      return Number.isNaN(time) ? cleanText(text) : days.format(time)
    },
    month: (text) => formatDay(months, text),
    monthShort: (text) => formatDay(shortMonths, text),
    moment(value) {
      const time = typeof value === 'number' ? value : Date.parse(value)
      return Number.isNaN(time) ? cleanText(String(value)) : moments.format(time)
    },
    hour: (ms) => hours.format(ms),
    number: (value) => numbers.format(value),
    country(code) {
      if (code === 'UN') return language === 'es' ? 'ONU' : 'UN'
      return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : cleanText(code)
    },
  }
}

function formatDay(format: Intl.DateTimeFormat, text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(time) ? cleanText(text) : format.format(time)
}

/** Returns the formats of the language that is shown. */
export function useFormats(): Formats {
  const { i18n } = useTranslation()
  return useMemo(() => createFormats(i18n.language === 'en' ? 'en' : 'es'), [i18n.language])
}
