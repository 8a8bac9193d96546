/**
 * Root fields that one operation may request only once, by coordinate. A hit search reveals whether countries have a record of a
 * person, so many of them in one operation could search a whole register (docs/design/access.md, Protected rows). They also have
 * their own rate limit.
 */
export const ONCE_PER_OPERATION: ReadonlySet<string> = new Set(['Query.personHits', 'Query.personListHits'])
