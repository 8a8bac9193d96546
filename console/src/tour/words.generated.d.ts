// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly label: string
  readonly step: Text<'all' | 'step'>
  readonly go: string
  readonly type: string
  readonly back: string
  readonly next: string
  readonly end: string
  readonly steps: {
    readonly line: {
      readonly title: string
      readonly text: string
    }
    readonly name: {
      readonly title: string
      readonly text: string
    }
    readonly dossier: {
      readonly title: string
      readonly text: string
    }
    readonly network: {
      readonly title: string
      readonly text: string
    }
    readonly cases: {
      readonly title: string
      readonly text: string
    }
    readonly counts: {
      readonly title: string
      readonly text: string
    }
    readonly law: {
      readonly title: string
      readonly text: string
    }
    readonly kidnapping: {
      readonly title: string
      readonly text: string
    }
    readonly end: {
      readonly title: string
      readonly text: string
    }
  }
}
