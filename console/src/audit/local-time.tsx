import { useMemo } from 'react'
import { cleanText } from '../components/clean-text.ts'
import { ShownText } from '../components/shown-text.tsx'
import { useLanguage } from './use-oversight.ts'

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const
const FORMS = { clock: CLOCK, day: DAY, whole: { ...DAY, ...CLOCK, timeZoneName: 'short' } } as const

/** Returns a function that writes a moment of an entry in the reader's own time. What is not a moment is returned as it came. */
export function useLocalTime(form: keyof typeof FORMS): (time: string) => string {
  const language = useLanguage()
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(language === 'es' ? 'es-GT' : 'en-GB', FORMS[form])
    return (time) => (Number.isNaN(Date.parse(time)) ? cleanText(time) : format.format(Date.parse(time)))
  }, [language, form])
}

/** A moment of an entry in the reader's own time, and below the mouse as the log has it. */
export function LocalTime({ time, form = 'whole' }: { readonly time: string; readonly form?: keyof typeof FORMS }) {
  const write = useLocalTime(form)
  return (
    <time dateTime={cleanText(time)} title={`${showTime(time)} UTC`}>
      <ShownText text={write(time)} />
    </time>
  )
}

/** Writes a time of an entry as the log has it, to the second and in UTC. */
export function showTime(time: string): string {
  return cleanText(`${time.slice(0, 10)} ${time.slice(11, 19)}`)
}
