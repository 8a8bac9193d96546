// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly export: {
    readonly about: string
    readonly at: string
    readonly officer: string
    readonly purpose: string
    readonly countries: string
    readonly requests: string
    readonly incomplete: string
    readonly complete: string
    readonly hidden: string
    readonly verify: string
    readonly noEntry: string
    readonly entry: string
    readonly entryIs: Text<'authority' | 'id' | 'index'>
    readonly salt: string
    readonly digest: string
    readonly failed: Text<'message'>
    readonly noting: string
    readonly dossier: string
    readonly label: string
    readonly value: string
    readonly page: Text<'page' | 'pages'>
    readonly handling: Text<'codes'>
    readonly handlingHidden_one: Text<'count'>
    readonly handlingHidden_other: Text<'count'>
    readonly noHandling: string
  }
}
