/**
 * Root fields that one operation asks at most once, by coordinate: a hit search tells whether a person is known, and many of them in one
 * operation would be a trawl through a register (docs/design/access.md, Protected rows). They have a rate of their own.
 */
export const ONCE_PER_OPERATION: ReadonlySet<string> = new Set(['Query.personHits'])
