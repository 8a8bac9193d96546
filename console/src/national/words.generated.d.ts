// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly lead: {
    readonly node: string
    readonly reports: string
    readonly rules: string
    readonly suspend: string
  }
  readonly choose: string
  readonly wrongFile: Text<'name'>
  readonly command: string
  readonly node: {
    readonly days: string
    readonly outcomes: string
    readonly codes: string
    readonly failed: string
    readonly nothingFailed: string
    readonly count: string
  }
  readonly reports: {
    readonly kinds: {
      readonly doctor: string
      readonly check: string
      readonly sync: string
      readonly conformance: string
      readonly probe: string
      readonly suspensions: string
    }
    readonly states: {
      readonly wrong: string
      readonly warning: string
      readonly unknown: string
      readonly note: string
      readonly well: string
    }
    readonly sum: Text<'counts'>
    readonly state: string
    readonly place: string
    readonly what: string
    readonly remedy: string
    readonly ofCountry: Text<'country'>
    readonly madeAt: Text<'time'>
    readonly showWell: string
    readonly nothing: string
  }
  readonly rules: {
    readonly notWhole: string
    readonly field: string
    readonly own: string
    readonly gateway: string
    readonly cells: {
      readonly ALL: string
      readonly SOME: string
      readonly NONE: string
      readonly POLICY: string
    }
    readonly notPublished: string
    readonly verdicts: {
      readonly equal: string
      readonly tighter: string
      readonly looser: string
      readonly different: string
    }
    readonly onlyDiffering: string
    readonly search: string
    readonly others: string
    readonly wrong: string
    readonly legend: string
    readonly none: string
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
