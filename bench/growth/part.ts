/** A part of the bench: how long it measures, and what it hands to the page. */
import type { Contender } from '../gateways/contender.ts'
import { CONTENDERS } from '../gateways/contenders.ts'
import { OPERATIONS, type Operation } from '../gateways/operations.ts'
import { listDoubts, type Measured } from '../gateways/results.ts'
import type { Pins } from '../trust/processes.ts'
import { row } from '../trust/table.ts'
import type { Judged } from './verdict.ts'

/** How long and how often is measured, and where. */
export interface GrowthPlan {
  readonly seconds: number
  readonly rounds: number
  readonly pins: Pins
  /** A quick run asks fewer operations where a number of them is measured, and not a time. */
  readonly isQuick: boolean
}

/** What a part has measured. */
export interface Section {
  readonly title: string
  /** How it was measured, and what exactly is judged. */
  readonly about: string
  readonly table: string
  readonly judged: readonly Judged[]
  /** What disturbs the figures. */
  readonly doubts: readonly string[]
}

/** Returns contenders of `npm run bench` by their names. */
export function contendersOf(...names: readonly string[]): readonly Contender[] {
  return CONTENDERS.filter(({ name }) => names.includes(name))
}

/** Returns an operation of `npm run bench` by its name. */
export function operationOf(name: string): Operation {
  const operation = OPERATIONS.find((one) => one.name === name)
  if (operation === undefined) throw new Error(`expected an operation; came ${name}`)
  return operation
}

/** Writes a table in Markdown. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${row(...head)}|${'---|'.repeat(head.length)}\n${rows.map((cells) => row(...cells)).join('')}`
}

/** Lists the windows in which other work took part of the machine. That the subgraphs were busy is no doubt here, where processor time is compared. */
export function listOtherWork(measured: readonly Measured[]): readonly string[] {
  return listDoubts(measured).filter((doubt) => doubt.includes('other work'))
}

/** Says on the standard error what was just measured, because a run takes long. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`)
}
