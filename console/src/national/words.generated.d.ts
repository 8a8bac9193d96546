// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly lead: {
    readonly node: string
    readonly suspend: string
  }
  readonly node: {
    readonly days: string
    readonly outcomes: string
    readonly codes: string
    readonly failed: string
    readonly nothingFailed: string
    readonly count: string
  }
  readonly suspend: {
    readonly action: string
    readonly actions: {
      readonly suspend: string
      readonly resume: string
    }
    readonly kind: string
    readonly kinds: {
      readonly country: string
      readonly domain: string
      readonly coordinate: string
      readonly agency: string
      readonly authority: string
      readonly task_force: string
      readonly officer: string
      readonly token: string
      readonly key: string
      readonly mandate: string
    }
    readonly value: string
    readonly values: {
      readonly country: string
      readonly domain: string
      readonly coordinate: string
      readonly agency: string
      readonly authority: string
      readonly task_force: string
      readonly officer: string
      readonly token: string
      readonly key: string
      readonly mandate: string
    }
    readonly reason: string
    readonly reasonHint: string
    readonly keyFile: string
    readonly folders: string
    readonly wrong: {
      readonly value: string
      readonly reason: string
      readonly keyFile: string
      readonly folders: string
    }
    readonly next: string
    readonly look: string
    readonly willSuspend: Text<'what'>
    readonly willResume: Text<'what'>
    readonly typeAgain: Text<'value'>
    readonly run: string
    readonly back: string
    readonly after: string
  }
}
