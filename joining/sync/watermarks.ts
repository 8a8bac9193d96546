import type { Reading, Watermarks } from './plan-readings.ts'

/**
 * How far before the last change an incremental run begins, in milliseconds: a transaction of the old application may have written its time long
 * before it became visible. To read a row again costs little, because an unchanged row is not touched.
 */
const OVERLAP_MS = 15 * 60_000

/** Finds, while rows are read, up to where each feed was read. */
export interface WatermarkFinder {
  readonly see: (reading: Reading, value: string | null | undefined) => void
  /** The marks from which the next incremental run reads, by the place of the feed. A feed without a row keeps its mark. */
  readonly marks: () => Watermarks
}

/** Creates a finder. @param before the marks of the last run. */
export function createWatermarkFinder(before: Watermarks): WatermarkFinder {
  const highest = new Map<string, string>()
  return {
    see({ feed }, value) {
      if (feed.since === null || value === null || value === undefined || value === '') return
      const known = highest.get(feed.place)
      if (known === undefined || isLater(value, known)) highest.set(feed.place, value)
    },
    marks() {
      const later = [...highest].map(([place, value]): readonly [string, string] => {
        const moved = moveBack(value)
        const known = before[place]
        return [place, known !== undefined && isLater(known, moved) ? known : moved]
      })
      return { ...before, ...Object.fromEntries(later) }
    },
  }
}

/** Whether one value of a `since` is later than another: numbers by their size, times in the form `YYYY-MM-DD …` by their text. */
export function isLater(value: string, than: string): boolean {
  const numbers = [value, than].map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN))
  const [a = Number.NaN, b = Number.NaN] = numbers
  return Number.isNaN(a) || Number.isNaN(b) ? value > than : a > b
}

const TIME = /^(\d{4}-\d\d-\d\d)([ T])(\d\d:\d\d:\d\d)(?:\.\d+)?(.*)$/

/** Moves a time or a day back by the overlap, in its own form. Leaves numbers as they are. */
export function moveBack(value: string): string {
  const time = TIME.exec(value)
  if (time !== null) {
    const [, day, between, clock, zone] = time
    const iso = new Date(Date.parse(`${day}T${clock}Z`) - OVERLAP_MS).toISOString()
    return `${iso.slice(0, 10)}${between}${iso.slice(11, 19)}${zone}`
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return value
  return new Date(Date.parse(`${value}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

/** Whether a run can compare values of this form: a time or a day that begins with its year, or a number. */
export function isComparable(value: string): boolean {
  return TIME.test(value) || /^\d{4}-\d\d-\d\d$/.test(value) || /^-?\d+(\.\d+)?$/.test(value)
}
