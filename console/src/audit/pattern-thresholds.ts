/** The usage patterns with their default thresholds, as oversight has them (audit/index/search.ts; a test compares). */
export const PATTERN_THRESHOLDS = { NIGHT_HOURS: 5, MANY_PERSONS: 200, MANY_DENIALS: 10, PROBING_BY_HITS: 20 } as const

/** The name of a usage pattern. */
export type PatternName = keyof typeof PATTERN_THRESHOLDS

/** The names of all usage patterns. */
export const PATTERN_NAMES = Object.keys(PATTERN_THRESHOLDS) as readonly PatternName[]
