/** The languages of texts that a person reads. English is the default. */
export const LANGUAGES = ['en', 'es'] as const

/** One of {@link LANGUAGES}, as a BCP 47 tag. */
export type Language = (typeof LANGUAGES)[number]
