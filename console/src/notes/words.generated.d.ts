// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly notes: {
    readonly title: string
    readonly where: string
    readonly toAll: string
    readonly about: string
    readonly warning: string
    readonly none: string
    readonly new: string
    readonly keep: string
    readonly change: string
    readonly remove: string
    readonly removed: string
    readonly removeAll: string
    readonly removeAllAbout_one: string
    readonly removeAllAbout_other: Text<'count'>
    readonly file: string
    readonly export: string
    readonly import: string
    readonly importHelp: string
    readonly imported_one: Text<'count'>
    readonly imported_other: Text<'count'>
    readonly problemFile: string
    readonly problemVersion: Text<'version'>
    readonly problemNote: Text<'number'>
    readonly problemTooMany: Text<'count'>
    readonly failed: Text<'message'>
  }
}
